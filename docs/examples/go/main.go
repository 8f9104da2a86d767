// A site with "Login with Binance", on Go's standard library. BINANCE_SERVER is an emulator: binance-emulator
package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
)

var (
	port        = env("PORT", "3000")
	server      = env("BINANCE_SERVER", "http://localhost:5210")
	clientID    = env("BINANCE_CLIENT_ID", "binance-emulator-client")
	secret      = env("BINANCE_CLIENT_SECRET", "binance-emulator-secret")
	redirectURI = "http://localhost:" + port + "/signin-binance"
	sessions    sync.Map // cookie value → session
)

type session struct{ state, verifier, user, token string }

func main() {
	http.HandleFunc("/", home)
	http.HandleFunc("/login", login)
	http.HandleFunc("/signin-binance", signIn)
	http.HandleFunc("/logout", logout)
	listener, err := net.Listen("tcp", "localhost:"+port)
	check(err)
	fmt.Println("Listening on http://localhost:" + port)
	check(http.Serve(listener, nil))
}

func home(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	if user := current(r, false).user; user != "" {
		fmt.Fprintf(w, `<p>Signed in as %s</p><form method="post" action="/logout"><button>Sign out</button></form>`, user)
	} else {
		fmt.Fprint(w, `<a href="/login">Login with Binance</a>`)
	}
}

func login(w http.ResponseWriter, r *http.Request) {
	s := session{state: random(), verifier: random()}
	begin(w, s)
	challenge := sha256.Sum256([]byte(s.verifier))
	http.Redirect(w, r, server+"/en/oauth/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI}, "state": {s.state},
		"scope":          {"user:openId,user:email"}, // Binance separates scopes by commas
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode(), http.StatusSeeOther)
}

func signIn(w http.ResponseWriter, r *http.Request) {
	s, query := current(r, true), r.URL.Query() // a new session id, against session fixation
	if s.state == "" || query.Get("state") != s.state {
		http.Error(w, "No such sign-in is under way.", http.StatusBadRequest)
	} else if query.Get("error") != "" { // access_denied: the user has denied the request
		http.Error(w, "You have cancelled.", http.StatusBadRequest)
	} else if token, user, err := redeem(query.Get("code"), s.verifier); err != nil {
		http.Error(w, "The sign-in failed.", http.StatusBadGateway)
	} else {
		begin(w, session{user: user, token: token})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func logout(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if err := api("POST", "revoke-token", current(r, true).token, new(bool)); err != nil {
			log.Print(err)
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func redeem(code, verifier string) (string, string, error) {
	response, err := http.PostForm(server+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI},
		"client_id": {clientID}, "client_secret": {secret}, "code_verifier": {verifier},
	})
	if err != nil {
		return "", "", err
	}
	defer response.Body.Close()
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err = json.NewDecoder(response.Body).Decode(&tokens); err != nil || response.StatusCode != http.StatusOK {
		return "", "", fmt.Errorf("no tokens: %s", response.Status)
	}
	var data struct{ UserID string }
	err = api("GET", "user-info", tokens.AccessToken, &data)
	return tokens.AccessToken, data.UserID, err
}

// Binance's API responds with an envelope: only this code, with success, is a success.
func api(method, name, token string, data any) error {
	request, err := http.NewRequest(method, server+"/oauth-api/v1/"+name, nil)
	check(err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	envelope := struct {
		Code    string
		Success bool
		Data    any
	}{Data: data}
	if err = json.NewDecoder(response.Body).Decode(&envelope); err == nil && (envelope.Code != "000000" || !envelope.Success) {
		err = fmt.Errorf("Binance refuses %s: %s", name, envelope.Code)
	}
	return err
}

func begin(w http.ResponseWriter, s session) {
	id := random()
	sessions.Store(id, s)
	http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// The session of the browser, or a new one.
func current(r *http.Request, ends bool) (s session) {
	if cookie, err := r.Cookie("session"); err == nil {
		if found, ok := sessions.Load(cookie.Value); ok {
			s = found.(session)
		}
		if ends {
			sessions.Delete(cookie.Value)
		}
	}
	return
}

func random() string {
	bytes := make([]byte, 32)
	_, err := rand.Read(bytes)
	check(err)
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
