using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The requests of a sign-in, each with what it needs: a live code, live tokens, an open consent page.
/// </summary>
internal sealed partial class EmulatorJourney(BinanceEmulator emulator, RawHttp http)
{
    public const string RedirectUri = "http://localhost:5200/signin-binance";

    private const string AuthorizePath = "/en/oauth/authorize";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public static Gen<string> Starts { get; } = Gen.Elements(
        "approved at once", "the consent page", "refused at once", "a decision on the consent page", "a code", "a code", "a code", "a refresh token", "a refresh token", "user-info", "revocation", "the status page");

    public string? Code { get; private set; }

    public string? Consent { get; private set; }

    public EmulatorTokenPair Issued { get; } = emulator.Tokens.Issue();

    public async Task<EmulatorDraft> DraftAsync(string start)
    {
        switch (start)
        {
            case "approved at once":
                return Authorize(("emulator_user", BinanceEmulatorDefaults.UserId));

            case "the consent page":
                return Authorize();

            case "refused at once":
                return Authorize(("emulator_decision", "deny"));

            case "a decision on the consent page":
                var page = (await http.SendAsync(Authorize().ToBytes(), isHead: false))!;
                Consent = ConsentId.Match(page.Body).Groups[1].Value;
                return WithForm(
                    Authorize("POST"),
                    ("consent", Consent), ("user", BinanceEmulatorDefaults.UserId), ("decision", "authorize"));

            case "a code":
                var approved = (await http.SendAsync(Authorize(("emulator_user", BinanceEmulatorDefaults.UserId)).ToBytes(), isHead: false))!;
                Code = CodeInUrl.Match(approved["Location"]!).Groups[1].Value;
                return WithForm(
                    new EmulatorDraft("POST", "/oauth/token"),
                    ("grant_type", "authorization_code"),
                    ("code", Code),
                    ("client_id", BinanceEmulatorDefaults.ClientId),
                    ("client_secret", BinanceEmulatorDefaults.ClientSecret),
                    ("redirect_uri", RedirectUri),
                    ("code_verifier", Verifier));

            case "a refresh token":
                return WithForm(
                    new EmulatorDraft("POST", "/oauth/token"),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", Issued.RefreshToken),
                    ("client_id", BinanceEmulatorDefaults.ClientId),
                    ("client_secret", BinanceEmulatorDefaults.ClientSecret));

            case "user-info":
                return WithBearer(new EmulatorDraft("GET", "/oauth-api/v1/user-info"));

            case "revocation":
                return WithBearer(new EmulatorDraft("POST", "/oauth-api/v1/revoke-token"));

            default:
                return new EmulatorDraft("GET", "/emulator");
        }
    }

    /// <summary>
    /// Whether a request may get tokens (W4, W5; RFC 6749 sections 3.2.1, 4.1.3 and 6), without the tested code.
    /// </summary>
    public bool MayIssue(EmulatorDraft draft)
    {
        var parameters = draft.Parameters;
        string? One(string name) => parameters[name].ToArray() is [var only] ? only : null;
        return draft.Method == "POST"
            && WebUtility.UrlDecode(draft.Path) == "/oauth/token"
            && One("client_id") == BinanceEmulatorDefaults.ClientId
            && One("client_secret") == BinanceEmulatorDefaults.ClientSecret
            && One("grant_type") switch
            {
                "authorization_code" => Code is not null && One("code") == Code && One("redirect_uri") == RedirectUri && One("code_verifier") == Verifier,
                "refresh_token" => One("refresh_token") == Issued.RefreshToken,
                _ => false,
            };
    }

    /// <summary>Whether a request may get a code: a user was chosen, on the page or in the URL.</summary>
    public bool MayApprove(EmulatorDraft draft) => draft.Method switch
    {
        "GET" or "HEAD" => draft.Parameters["emulator_user"].Contains(BinanceEmulatorDefaults.UserId),
        "POST" => Consent is not null && draft.Parameters["consent"].Contains(Consent) && draft.Parameters["decision"].Contains("authorize"),
        _ => false,
    };

    /// <summary>Whether a request carries the live access token where it belongs.</summary>
    public bool MayRead(EmulatorDraft draft)
        => draft.Headers.Any(header => header.Key == "Authorization" && header.Value.Equals("Bearer " + Issued.AccessToken, StringComparison.OrdinalIgnoreCase));

    private static EmulatorDraft Authorize(params (string Name, string Value)[] more) => Authorize("GET", more);

    private static EmulatorDraft Authorize(string method, params (string Name, string Value)[] more)
    {
        var draft = new EmulatorDraft(method, AuthorizePath);
        (string, string)[] parameters =
        [
            ("response_type", "code"), ("client_id", BinanceEmulatorDefaults.ClientId), ("redirect_uri", RedirectUri), ("state", "the-state"),
            ("scope", "user:openId,user:email"), ("code_challenge", Challenge), ("code_challenge_method", "S256"), .. more,
        ];
        draft.Query.AddRange(parameters.Select(Encode));
        return draft;
    }

    private static EmulatorDraft WithForm(EmulatorDraft draft, params (string Name, string Value)[] parameters)
    {
        draft.FormParts.AddRange(parameters.Select(Encode));
        return draft;
    }

    private static string Encode((string Name, string Value) parameter) => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}";

    private EmulatorDraft WithBearer(EmulatorDraft draft)
    {
        draft.Header("Authorization", "Bearer " + Issued.AccessToken);
        return draft;
    }

    [GeneratedRegex("name=\"consent\" value=\"([0-9a-f]+)\"")]
    private static partial Regex ConsentId { get; }

    [GeneratedRegex("[?&]code=([0-9a-f]+)")]
    private static partial Regex CodeInUrl { get; }
}
