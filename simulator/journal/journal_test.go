package journal_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/simulator/journal"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// wire starts a server and returns a client whose exchanges are recorded.
func wire(t *testing.T, handler http.HandlerFunc) (*journal.Journal, *http.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	book := journal.New()
	client := &http.Client{Transport: book.Transport(server.Client().Transport, "scim", func() time.Time { return noon })}
	return book, client, server.URL
}

func send(t *testing.T, client *http.Client, request *http.Request) string {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func request(ctx context.Context, t *testing.T, method, address, body string) *http.Request {
	t.Helper()
	made, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestRecords(t *testing.T) {
	t.Parallel()
	book, client, address := wire(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Kind", "echo")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	})
	ctx, trace := journal.WithTrace(journal.About(t.Context(), "han@acme.test"))
	inner, innerTrace := journal.WithTrace(ctx)
	if got := send(t, client, request(inner, t, "POST", address+"/Users?a=1", `{"x":1}`)); got != `{"x":1}` {
		t.Errorf("the server got or the caller read %q", got)
	}
	send(t, client, request(t.Context(), t, "GET", address, ""))

	all := book.Exchanges()
	if len(all) != 2 || book.Last() != 2 || len(book.Since(1)) != 1 || len(book.Since(2)) != 0 {
		t.Fatalf("%d exchanges, last %d, since 1: %d, since 2: %d", len(all), book.Last(), len(book.Since(1)), len(book.Since(2)))
	}
	got := all[0]
	if got.Seq != 1 || !got.At.Equal(noon) || got.Actor != "scim" || got.Subject != "han@acme.test" || got.Status != 418 || got.Duration <= 0 {
		t.Errorf("recorded %+v", got)
	}
	if got.Request.Method != http.MethodPost || got.Request.URL != address+"/Users?a=1" || got.Request.Body != `{"x":1}` || got.Response.Body != `{"x":1}` || got.Response.Header.Get("X-Kind") != "echo" {
		t.Errorf("messages %+v", got)
	}
	if seqs := trace.Seqs(); len(seqs) != 1 || seqs[0] != 1 || len(innerTrace.Seqs()) != 1 {
		t.Errorf("traces %v and %v, want the first exchange in both", seqs, innerTrace.Seqs())
	}
	all[0].Response.Header.Set("X-Kind", "changed")
	if book.Exchanges()[0].Response.Header.Get("X-Kind") != "echo" {
		t.Error("a copy shares its header with the journal")
	}
}

func TestRecordsABrokenWire(t *testing.T) {
	t.Parallel()
	book := journal.New()
	broken := errors.New("the line is cut")
	client := &http.Client{Transport: book.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, broken }), "browser", nil)}
	response, err := client.Get("http://ci.test/")
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if got := book.Exchanges(); len(got) != 1 || got[0].Status != 0 || got[0].Error != "the line is cut" {
		t.Errorf("recorded %+v", got)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSecretsByPlaceAndName(t *testing.T) {
	t.Parallel()
	const hush = "s3cret-value"
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "sid="+hush+"; Path=/; HttpOnly")
		w.Header().Set("Location", "https://idp.test/sso?SAMLRequest="+strings.Repeat("A", 400)+"&RelayState=x")
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<input name="SAMLResponse" type="hidden" value="`+strings.Repeat("B", 300)+`"/>`)
	})
	for _, body := range []string{
		`{"userName":"han","password":"` + hush + `","active":true}`,
		`{"Operations":[{"op":"replace","value":{"Password" : "` + hush + `\"more"}}]}`,
		`{"Operations":[{"op":"replace","path":"password","value":"` + hush + `"}]}`,
		`{"client_secret":"` + hush + `","access_token":"` + hush + `"}`,
		`{"password":"` + hush, // cut off
	} {
		made := request(t.Context(), t, "POST", address+"/x?api_token="+hush+"&keep=a%20b", body)
		made.Header.Set("Authorization", "Bearer "+hush)
		made.Header.Set("Proxy-Authorization", hush)
		made.Header.Set("X-Api-Key", hush)
		made.AddCookie(&http.Cookie{Name: "sid", Value: hush})
		send(t, client, made)
	}
	form := request(t.Context(), t, "POST", address+"/acs", url.Values{"SAMLResponse": {strings.Repeat("C", 5123)}, "RelayState": {"/home"}}.Encode())
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	send(t, client, form)

	all := book.Exchanges()
	for _, exchange := range all {
		if text := everything(exchange); strings.Contains(text, hush) || strings.Contains(text, "AAAA") || strings.Contains(text, "BBBB") || strings.Contains(text, "CCCC") {
			t.Errorf("shows a secret: %s", text)
		}
	}
	first := all[0]
	for what, pair := range map[string][2]string{
		"authorization": {first.Request.Header.Get("Authorization"), "Bearer [redacted]"},
		"cookie":        {first.Request.Header.Get("Cookie"), "sid=[redacted]"},
		"set-cookie":    {first.Response.Header.Get("Set-Cookie"), "sid=[redacted]; Path=/; HttpOnly"},
		"body":          {first.Request.Body, `{"userName":"han","password":"[redacted]","active":true}`},
		"url":           {first.Request.URL, address + "/x?api_token=[redacted]&keep=a%20b"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
		}
	}
	if got := all[len(all)-1].Request.Body; !strings.HasPrefix(got, "RelayState=%2Fhome&SAMLResponse=[SAMLResponse 5123 bytes sha256:") {
		t.Errorf("form %q", got)
	}
	if got := first.Response.Header.Get("Location"); !strings.Contains(got, "[SAMLRequest 400 bytes sha256:") || !strings.HasSuffix(got, "&RelayState=x") {
		t.Errorf("location %q", got)
	}
}

func everything(e journal.Exchange) string {
	var all strings.Builder
	for _, message := range []journal.Message{e.Request, e.Response} {
		all.WriteString(message.URL + message.Body)
		_ = message.Header.Write(&all)
	}
	return all.String() + e.Error + journal.Curl(e.Request, " ")
}

func TestRegisteredSecrets(t *testing.T) {
	t.Parallel()
	const hush = `q"ü+/=?`
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `you sent q"ü+/=? and "q\"ü+/=?" and cSLDvCsvPT8=`)
	})
	send(t, client, request(t.Context(), t, "GET", address+"/"+url.PathEscape(hush)+"?v="+url.QueryEscape(hush), ""))
	if !strings.Contains(everything(book.Exchanges()[0]), "cSLDvCsvPT8=") {
		t.Fatal("the value is not in the record to begin with")
	}
	book.Secret(hush, "", "abc")
	send(t, client, request(t.Context(), t, "GET", address+"/"+url.PathEscape(hush)+"?v="+url.QueryEscape(hush), "abc"))
	for _, exchange := range book.Exchanges() {
		text := everything(exchange)
		for _, spelling := range []string{hush, url.PathEscape(hush), url.QueryEscape(hush), `q\"ü`, "cSLDvCsvPT8="} {
			if strings.Contains(text, spelling) {
				t.Errorf("exchange %d shows %s in %s", exchange.Seq, spelling, text)
			}
		}
	}
	if !strings.Contains(book.Exchanges()[1].Request.Body, "abc") {
		t.Error("a value too short to be a secret was blanked")
	}
}

// A product may show a secret in letters of its own choice, and cut it off; wherever in a
// text it stands, it is found. A short one may be a word in other letters.
func TestRegisteredSecretsInOtherLetters(t *testing.T) {
	t.Parallel()
	const hush, short = "Hush-7Qm2vX9Kd0Lr4TzW8cYb6", "Hu1x"
	book := journal.New()
	book.Secret(hush, short, "8cYb6-which-goes-on-from-there")
	based := base64.StdEncoding.EncodeToString([]byte(hush))
	for _, secret := range []string{hush, strings.ToUpper(hush), strings.ToLower(hush), strings.ToLower(hush)[:16], strings.ToLower(based), hush + hush, short} {
		for before := range 9 {
			text := strings.Repeat("é", before/2) + strings.Repeat("x", before%2)
			got := book.Redact(text + secret + " and more")
			if !strings.HasPrefix(got, text+"[") || !strings.HasSuffix(got, "] and more") || strings.Contains(strings.ToLower(got), "ush-7qm") {
				t.Errorf("%s is shown as %s", text+secret, got)
			}
		}
	}
	for text, want := range map[string]string{
		"no " + strings.ToLower(short) + " here": "no " + strings.ToLower(short) + " here",
		strings.ToLower(hush)[:15]:               strings.ToLower(hush)[:15],
		hush + "-WHICH-goes-on-from-there.":      "[redacted].",
		short + short + " " + short:              "[redacted][redacted] [redacted]",
	} {
		if got := book.Redact(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("ä", 40<<10))
	})
	if got := send(t, client, request(t.Context(), t, "GET", address, "")); len(got) != 80<<10 {
		t.Errorf("the caller read %d bytes", len(got))
	}
	got := book.Exchanges()[0].Response.Body
	if len(got) > 65<<10 || !strings.HasSuffix(got, "ä\n[16384 more bytes are not shown]") {
		t.Errorf("%d bytes, ending %q", len(got), got[len(got)-50:])
	}
}

// TestNoSecretIsHalved moves a secret over every place at which a long body may be
// cut: no part of it is ever shown, whether a value or a name gives it away.
func TestNoSecretIsHalved(t *testing.T) {
	t.Parallel()
	const hush = "correct-horse-battery-staple"
	for _, body := range []struct{ before, after string }{
		{`{"note": "` + hush + `", "x": "`, `"}`},
		{`{"password": "` + strings.Repeat("p ", 450) + `", "x": "`, `"}`},
		{`{"note": "eyJ` + strings.Repeat("pppp", 200) + "." + strings.Repeat("pppp", 200) + "." + strings.Repeat("pppp", 20) + `", "x": "`, `"}`},
	} {
		for _, gap := range []int{64<<10 - 2000, 64<<10 - 500, 64<<10 - 40, 64<<10 - 20, 64 << 10, 64<<10 + 230, 80<<10 - 2000, 80<<10 - 500, 80<<10 - 40, 80<<10 - 20, 80 << 10} {
			// What is blanked at the beginning pulls the rest forward.
			long := `{"token": "` + strings.Repeat("q ", 10<<10) + `", "z": "`
			text := long + strings.Repeat(" ", gap-len(long)) + body.before + strings.Repeat("y ", 32<<10) + body.after
			book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, text)
			})
			book.Secret(hush)
			send(t, client, request(t.Context(), t, "GET", address, ""))
			got := book.Exchanges()[0].Response.Body
			if len(got) > 65<<10 || strings.Contains(got, hush[:4]) || strings.Contains(got, "pppp") || strings.Contains(got, "p p ") {
				t.Errorf("gap %d: %d bytes, ending %q", gap, len(got), got[max(0, len(got)-80):])
			}
			if !strings.HasSuffix(got, "more bytes are not shown]") {
				t.Errorf("gap %d: ends %q", gap, got[max(0, len(got)-80):])
			}
		}
	}
}

// TestSecretNames: however a name is spelt, a JSON member of that name is blanked.
func TestSecretNames(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"password": "hushhush"}`, `{"PASSWD":"hushhush"}`, `{"client_Secret" : "hushhush"}`, `{"pa\u017f\u017fword":"x","next_token":"hushhush`,
		"{\"pa\u017f\u017fword\":\"hushhush\"}", `{"ApiKey":"hushhush"}`, `{"x-api_key":"hushhush"}`, "{\"to\u212aen\":\"hushhush\"}",
		`{"op":"replace","path":"urn:x:Password","value":"hushhush"}`,
		`<form><input type=hidden NAME="samlResponse" value="hushhush"></form>`,
	} {
		book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		send(t, client, request(t.Context(), t, "GET", address, ""))
		if got := book.Exchanges()[0].Response.Body; strings.Contains(got, "hush") {
			t.Errorf("%s is shown as %s", body, got)
		}
	}
}

func BenchmarkLongAnswer(b *testing.B) {
	book := journal.New()
	text := "[" + strings.Repeat(`{"action": "SSO_LOGIN_SUCCEEDED", "seat": "a3b4", "number": 17},`, 16<<10) + "{}]"
	client := &http.Client{Transport: book.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/json"}}
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
	}), "scim", nil)}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		response, err := client.Get("http://ci.test/")
		if err != nil {
			b.Fatal(err)
		}
		_ = response.Body.Close()
	}
}

func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	book := journal.New()
	client := &http.Client{Transport: book.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(endless{}), Request: r}, nil
	}), "scim", nil)}
	response, err := client.Get("http://ci.test/")
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, journal.ErrTooLong) {
		t.Errorf("error %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestCompressedAnswersAreShownPlain(t *testing.T) {
	t.Parallel()
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		writer := gzip.NewWriter(w)
		_, _ = io.WriteString(writer, `{"id":"7"}`)
		_ = writer.Close()
	})
	made := request(t.Context(), t, "GET", address, "")
	made.Header.Set("Accept-Encoding", "gzip,deflate")
	raw := send(t, client, made)
	if got := book.Exchanges()[0].Response.Body; got != `{"id":"7"}` {
		t.Errorf("recorded %q", got)
	}
	plain, err := journal.Decode(http.Header{"Content-Encoding": {"gzip"}}, []byte(raw))
	if err != nil || string(plain) != `{"id":"7"}` {
		t.Errorf("decoded %q, %v", plain, err)
	}
	if _, err := journal.Decode(http.Header{"Content-Encoding": {"br"}}, nil); err == nil {
		t.Error("an encoding that was not asked for was accepted")
	}
	var bomb bytes.Buffer
	writer, err := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = writer.Write(make([]byte, 17<<20))
	_ = writer.Close()
	if _, err := journal.Decode(http.Header{"Content-Encoding": {"gzip"}}, bomb.Bytes()); !errors.Is(err, journal.ErrTooLong) {
		t.Errorf("17 MiB of zeros: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hush-hush") })
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			book.Secret("hush-hush")
			send(t, client, request(t.Context(), t, "GET", address, ""))
			book.Exchanges()
		})
	}
	group.Wait()
	all := book.Exchanges()
	if len(all) != 20 {
		t.Fatalf("%d exchanges", len(all))
	}
	for n, exchange := range all {
		if exchange.Seq != n+1 || exchange.Response.Body != "[redacted]" {
			t.Errorf("exchange %d has number %d and body %q", n, exchange.Seq, exchange.Response.Body)
		}
	}
}
