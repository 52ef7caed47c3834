// Package products holds no code: its tests judge real products, made by others, as
// any vendor's would be judged.
//
// A directory of testdata is a product: a small server around a published library, as a
// user of it would write one, the target file that describes it, and verdicts.yaml, which
// says what the suite finds and why each failure is the product's. Whatever else fails is a
// defect of the suite. [TestProducts] has the SCIM servers, [TestServiceProviders] those
// that people sign in to.
//
// A run meets an eighth of the SAML and SCIM specs, the whole of them in eight days; all of
// them with -whole, or where -update writes the verdicts anew.
package products
