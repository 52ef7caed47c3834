package simulator

import (
	"net/http"

	"rollcall.example/simulator/idp"
)

// slo takes logout messages by Redirect or POST: a product's request to sign somebody
// out of Okta, or its answer to ours.
func (c *console) slo(w http.ResponseWriter, r *http.Request) {
	app := c.appAt(r.URL.Path, func(i idp.Identity) string { return i.SLOURL })
	if app == nil {
		c.failure(w, http.StatusNotFound, "There is no such app.")
		return
	}
	message, err := readLogout(r)
	if err == nil {
		err = app.believes(message)
	}
	switch {
	case err != nil:
		c.failure(w, http.StatusBadRequest, "Bad SAML logout: "+err.Error()+".")
	case message.Answer:
		http.Redirect(w, r, "/signout/next", http.StatusSeeOther)
	default:
		c.signedOutBy(w, r, app, message)
	}
}

func readLogout(r *http.Request) (idp.LogoutMessage, error) {
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return idp.LogoutMessage{}, err
		}
		return idp.ParseLogoutPost(r.PostForm)
	}
	return idp.ParseLogoutRedirect(r.URL.RawQuery)
}

// signedOutBy ends the sessions at Okta in which the one that the product names began,
// and answers the product. A request that came by POST from another site has no cookie,
// so it is the name that finds them.
func (c *console) signedOutBy(w http.ResponseWriter, r *http.Request, app *App, message idp.LogoutMessage) {
	status := idp.Status{Code: idp.StatusRequester, Below: idp.StatusUnknownPrincipal}
	c.mu.Lock()
	for id, began := range c.began {
		for _, s := range began {
			if s.App == app && s.named(message) {
				status = idp.Status{Code: idp.StatusSuccess}
				delete(c.sessions, id)
				delete(c.began, id)
				break
			}
		}
	}
	c.mu.Unlock()
	carriage, err := app.logoutResponse(message, status)
	if err != nil {
		c.failure(w, http.StatusInternalServerError, "The app's SAML settings are not complete: "+err.Error()+".")
		return
	}
	c.send(w, r, carriage)
}

// send has the browser carry a message to a product.
func (c *console) send(w http.ResponseWriter, r *http.Request, carriage Carriage) {
	if carriage.Form == nil {
		http.Redirect(w, r, carriage.Address, http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(idp.MessageForm(carriage.Address, carriage.Form))
}

// remember keeps, for the session in this browser, what it began at a product.
func (c *console) remember(id string, app *App, person *Person, response *idp.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began[id] = append(c.began[id], AppSession{app, person, response.Name, response.SessionIndex})
}

// signOut ends the session at Okta, once every product with single logout was told.
func (c *console) signOut(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if next := c.nextToTell(cookie.Value); next != nil {
			carriage, err := next.App.LogoutRequest(*next, LogoutOptions{})
			if err != nil {
				c.failure(w, http.StatusInternalServerError, "The app's SAML settings are not complete: "+err.Error()+".")
				return
			}
			c.send(w, r, carriage)
			return
		}
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOutNext goes on with signing out after a product's answer. It ends nothing of a
// session that is still open: only [console.signOut] begins it.
func (c *console) signOutNext(w http.ResponseWriter, r *http.Request) {
	if _, open := c.session(r); open {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	c.signOut(w, r)
}

// nextToTell takes a session at a product off the list of those that are still to be
// ended; nil when all are. From the first one on nobody is signed in to Okta any more.
func (c *console) nextToTell(id string) *AppSession {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, id)
	for len(c.began[id]) > 0 {
		next := c.began[id][0]
		c.began[id] = c.began[id][1:]
		if next.App.Settings().SAML.Logout.URL != "" {
			return &next
		}
	}
	delete(c.began, id)
	return nil
}
