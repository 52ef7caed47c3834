package simulator

import (
	"net/http"
	"testing"
)

func TestPagesThatLeadOn(t *testing.T) {
	t.Parallel()
	const here, okta = "https://acme.test/a/b?q=1", "https://acme.okta.test/sso"
	toOkta := func(s step) bool { return bare(s.address) == okta }
	for name, c := range map[string]struct {
		body string
		want string // method, address and form; empty where the page waits
	}{
		"nothing":              {"<p>welcome</p>", ""},
		"a form to Okta":       {`<form method=post action="` + okta + `"><input type=hidden name=SAMLRequest value="a&#x2b;b"><button name=go value=1></form>`, "POST " + okta + " SAMLRequest=a%2Bb"},
		"a form to Okta, GET":  {`<form action='` + okta + `'><input name="SAMLRequest" value="x"></form>`, "GET " + okta + "?SAMLRequest=x "},
		"one that posts":       {`<body onload="document.forms[0].submit()"><form method="post" action="../next"><input type="hidden" name="csrf" value="1"><input type=submit value=Go></form>`, "POST https://acme.test/next csrf=1"},
		"one without action":   {`<form METHOD=Post><input type=hidden name=a value=1></form><script>document.forms[0].submit ();</script>`, "POST " + here + " a=1"},
		"one that gets":        {`<form action="/next?old=1"><input type=hidden name=a value="1 2"></form><script>f.submit()</script>`, "GET https://acme.test/next?a=1+2 "},
		"the silent one":       {`<form action=/search><input name=q></form><form action=/next><input type=hidden name=a value=1></form><script>f.submit()</script>`, "GET https://acme.test/next?a=1 "},
		"one that waits":       {`<form method=post action=/login><input name=user><input type=password name=p></form><script>f.submit()</script>`, ""},
		"one without a script": {`<form method=post action=/next><input type=hidden name=a value=1></form>`, ""},
		"one in a comment":     {`<!-- <form action=/next></form> --><script>f.submit()</script>`, ""},
		"one to a script":      {`<form action="javascript:go()"><input type=hidden name=a></form><script>f.submit()</script>`, ""},
		"a refresh":            {`<META HTTP-EQUIV="Refresh" content="0; URL=/home#top">`, "GET https://acme.test/home "},
		"a quoted refresh":     {`<meta content="3;url='/home?a=1&amp;b=2'" http-equiv=refresh>`, "GET https://acme.test/home?a=1&b=2 "},
		"a bare refresh":       {`<meta http-equiv="refresh" content="1, /home">`, "GET https://acme.test/home "},
		"a slow refresh":       {`<meta http-equiv="refresh" content="60; url=/home">`, ""},
		"a renewal":            {`<meta http-equiv="refresh" content="5">`, ""},
		"a renewal by address": {`<meta http-equiv="refresh" content="5; url=/a/b?q=1">`, ""},
		"for want of scripts":  {`<noscript><meta http-equiv="refresh" content="0; url=/noscript"></noscript>`, ""},
		"another meta":         {`<meta http-equiv="x-ua-compatible" content="0; url=/home">`, ""},
	} {
		p := page{address: here, status: 200, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, body: c.body}
		got := ""
		if next := onward(p, toOkta); next != nil {
			got = next.method + " " + next.address + " " + next.form.Encode()
			if next.initiator != "https://acme.test" {
				t.Errorf("%s: initiator %q", name, next.initiator)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, other := range []page{{address: here, status: 403, header: p.header, body: c.body}, {address: here, status: 200, header: http.Header{"Content-Type": {"application/json"}}, body: c.body}} {
			if onward(other, toOkta) != nil {
				t.Errorf("%s: followed on a page %d of %s", name, other.status, other.header)
			}
		}
	}
}
