using System.Text.Json;
using AspNet.Security.OAuth.Binance;

namespace SampleWeb.Models;

/// <summary>
/// The explanation of a failed sign-in for the user, in English. The view shows it in the visitor's language.
/// </summary>
/// <param name="Heading">What happened, in a few words.</param>
/// <param name="Explanation">Why, and what helps.</param>
public sealed record SignInProblem(string Heading, string Explanation)
{
    private static readonly Dictionary<string, BinanceFailure> s_kinds = Enum.GetValues<BinanceFailure>()
        .ToDictionary(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), StringComparer.Ordinal);

    /// <summary>
    /// Whether the user has a session all the same.
    /// </summary>
    public bool IsSignedIn { get; private init; }

    /// <summary>
    /// What the user wanted to open: a path on this site.
    /// </summary>
    public string ReturnUrl { get; private init; } = "/";

    /// <summary>
    /// Selects the explanation.
    /// </summary>
    /// <param name="failure">A <see cref="BinanceFailure"/> in snake case. Untrusted input: it is compared and never shown.</param>
    /// <param name="isSignedIn">Whether the user has a session.</param>
    /// <param name="returnUrl">A path on this site.</param>
    public static SignInProblem Of(string? failure, bool isSignedIn, string returnUrl)
        => Of(s_kinds.GetValueOrDefault(failure ?? ""), isSignedIn, returnUrl);

    /// <inheritdoc cref="Of(string?, bool, string)"/>
    public static SignInProblem Of(BinanceFailure failure, bool isSignedIn, string returnUrl)
        => Words(failure, isSignedIn) with { IsSignedIn = isSignedIn, ReturnUrl = returnUrl };

    private static SignInProblem Words(BinanceFailure failure, bool isSignedIn) => failure switch
    {
        BinanceFailure.AccessDenied => new(
            "Sign-in cancelled",
            "You cancelled on Binance's page. Nothing was shared with this site."),
        BinanceFailure.AuthorizationError => new(
            "Binance did not accept the request",
            "Binance sent you back without its consent page. If that happens again, the people who run this site have to look at its settings at Binance."),
        BinanceFailure.InvalidCallback => new(
            "That was not a response from Binance",
            "The page that you opened is one that only Binance's page leads to. To sign in, start from here."),
        BinanceFailure.InvalidState => new(
            "This sign-in is not known here",
            "The link is incomplete, was changed on its way, or belongs to a sign-in that started before this site was set up again."),
        BinanceFailure.CorrelationFailed when isSignedIn => new(
            "You are already signed in",
            "That sign-in was finished before: the Back button or a second tab leads here."),
        BinanceFailure.CorrelationFailed => new(
            "This sign-in is over",
            "It was started in another browser, took longer than a quarter of an hour, or was finished before. This browser may also be blocking cookies."),
        BinanceFailure.InvalidClient => new(
            "This site is not set up correctly",
            "Binance does not accept this site's credentials. The people who run the site have to correct them."),
        BinanceFailure.InvalidGrant => new(
            "This sign-in took too long",
            "The code that Binance issued is valid for a short time and only once. A new sign-in gets a new code."),
        BinanceFailure.TokenError => new(
            "Binance did not complete the sign-in",
            "Binance refused the last step. If that happens again, the people who run this site have to look at its settings at Binance."),
        BinanceFailure.ApiError => new(
            "Binance did not say who you are",
            "You agreed, but Binance did not return your user id to this site. Trying again often helps."),
        BinanceFailure.InvalidResponse => new(
            "Binance sent an invalid response",
            "This site could not read it. Trying again may help."),
        BinanceFailure.Unavailable => new(
            "Binance cannot be reached",
            "Binance does not respond at the moment, or is overloaded. Please try again in a few minutes."),
        BinanceFailure.Timeout => new(
            "Binance took too long",
            "Binance did not respond in time. Please try again in a few minutes."),
        _ => new(
            "The sign-in did not work",
            "Something unexpected happened. Nothing was changed. Trying again may help."),
    };
}
