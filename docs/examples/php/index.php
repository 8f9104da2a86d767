<?php
// A site with "Login with Binance", on PHP alone: php -S localhost:3000 index.php
// BINANCE_SERVER is an emulator: binance-emulator

$server = getenv('BINANCE_SERVER') ?: 'http://localhost:5210';
$redirectUri = "http://localhost:" . (getenv('PORT') ?: 3000) . "/signin-binance";
$client = [
    'client_id' => getenv('BINANCE_CLIENT_ID') ?: 'binance-emulator-client',
    'client_secret' => getenv('BINANCE_CLIENT_SECRET') ?: 'binance-emulator-secret',
];

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
$route = "{$_SERVER['REQUEST_METHOD']} " . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($route === 'GET /') {
    if (isset($_SESSION['user'])) {
        $user = htmlspecialchars($_SESSION['user']);
        exit("<p>Signed in as $user</p><form method=\"post\" action=\"/logout\"><button>Sign out</button></form>");
    }
    exit('<a href="/login">Login with Binance</a>');
}

if ($route === 'GET /login') {
    $_SESSION['state'] = random();
    $_SESSION['verifier'] = random();
    redirect("$server/en/oauth/authorize?" . http_build_query([
        'response_type' => 'code',
        'client_id' => $client['client_id'],
        'redirect_uri' => $redirectUri,
        'scope' => 'user:openId,user:email', // Binance separates scopes by commas
        'state' => $_SESSION['state'],
        'code_challenge' => base64url(hash('sha256', $_SESSION['verifier'], true)),
        'code_challenge_method' => 'S256',
    ]));
}

if ($route === 'GET /signin-binance') {
    ['state' => $state, 'verifier' => $verifier] = $_SESSION + ['state' => '', 'verifier' => ''];
    unset($_SESSION['state'], $_SESSION['verifier']);
    if ($state === '' || !hash_equals($state, $_GET['state'] ?? '')) {
        fail('No such sign-in is under way.');
    }
    if (isset($_GET['error'])) { // access_denied: the user has denied the request
        fail('You have cancelled.');
    }
    $tokens = send('POST', "$server/oauth/token", 'Content-Type: application/x-www-form-urlencoded', http_build_query($client + [
        'grant_type' => 'authorization_code',
        'code' => $_GET['code'] ?? '',
        'redirect_uri' => $redirectUri,
        'code_verifier' => $verifier,
    ]));
    $token = $tokens['access_token'] ?? fail('The sign-in failed.');
    session_regenerate_id(true); // against session fixation
    $_SESSION['user'] = api('GET', 'user-info', $token)['userId'];
    $_SESSION['token'] = $token;
    redirect('/');
}

if ($route === 'POST /logout') {
    $token = $_SESSION['token'] ?? null;
    session_destroy();
    if ($token !== null) {
        api('POST', 'revoke-token', $token);
    }
    redirect('/');
}

http_response_code(404);

// Binance's API responds with an envelope: only this code, with success, is a success.
function api(string $method, string $name, string $token)
{
    $envelope = send($method, "{$GLOBALS['server']}/oauth-api/v1/$name", "Authorization: Bearer $token");
    return ($envelope['code'] ?? '') === '000000' && $envelope['success'] === true ? $envelope['data'] : fail("Binance refuses $name.");
}

function send(string $method, string $url, string $header, string $body = '')
{
    $options = ['method' => $method, 'header' => $header, 'content' => $body, 'ignore_errors' => true, 'follow_location' => 0];
    return json_decode(file_get_contents($url, false, stream_context_create(['http' => $options])), true);
}

function redirect(string $location): never
{
    header("Location: $location", true, 303);
    exit;
}

function fail(string $message): never
{
    http_response_code(400);
    exit("<p>$message <a href=\"/\">Back</a></p>");
}

function random(): string
{
    return base64url(random_bytes(32));
}

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}
