using System.Text.Json;
using AspNet.Security.OAuth.Binance;
using Microsoft.Extensions.Localization;
using SampleWeb.Localization;

namespace SampleWeb.Models;

/// <summary>
/// The explanation of a failed sign-in for the user.
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
    /// <param name="text">The texts of the pages.</param>
    /// <param name="failure">A <see cref="BinanceFailure"/> in snake case. Untrusted input: it is compared and never shown.</param>
    /// <param name="isSignedIn">Whether the user has a session.</param>
    /// <param name="returnUrl">A path on this site.</param>
    public static SignInProblem Of(IStringLocalizer<Texts> text, string? failure, bool isSignedIn, string returnUrl)
        => Of(text, s_kinds.GetValueOrDefault(failure ?? ""), isSignedIn, returnUrl);

    /// <inheritdoc cref="Of(IStringLocalizer{Texts}, string?, bool, string)"/>
    public static SignInProblem Of(IStringLocalizer<Texts> text, BinanceFailure failure, bool isSignedIn, string returnUrl)
        => Words(text, failure, isSignedIn) with { IsSignedIn = isSignedIn, ReturnUrl = returnUrl };

    private static SignInProblem Words(IStringLocalizer<Texts> text, BinanceFailure failure, bool isSignedIn) => failure switch
    {
        BinanceFailure.AccessDenied => new(
            text["Sign-in cancelled"],
            text["You cancelled on Binance's page. Nothing was shared with this site."]),
        BinanceFailure.AuthorizationError => new(
            text["Binance did not accept the request"],
            text["Binance sent you back without its consent page. If that happens again, the people who run this site have to look at its settings at Binance."]),
        BinanceFailure.InvalidCallback => new(
            text["That was not a response from Binance"],
            text["The page that you opened is one that only Binance's page leads to. To sign in, start from here."]),
        BinanceFailure.InvalidState => new(
            text["This sign-in is not known here"],
            text["The link is incomplete, was changed on its way, or belongs to a sign-in that started before this site was set up again."]),
        BinanceFailure.CorrelationFailed when isSignedIn => new(
            text["You are already signed in"],
            text["That sign-in was finished before: the Back button or a second tab leads here."]),
        BinanceFailure.CorrelationFailed => new(
            text["This sign-in is over"],
            text["It was started in another browser, took longer than a quarter of an hour, or was finished before. This browser may also be blocking cookies."]),
        BinanceFailure.InvalidClient => new(
            text["This site is not set up correctly"],
            text["Binance does not accept this site's credentials. The people who run the site have to correct them."]),
        BinanceFailure.InvalidGrant => new(
            text["This sign-in took too long"],
            text["The code that Binance issued is valid for a short time and only once. A new sign-in gets a new code."]),
        BinanceFailure.TokenError => new(
            text["Binance did not complete the sign-in"],
            text["Binance refused the last step. If that happens again, the people who run this site have to look at its settings at Binance."]),
        BinanceFailure.ApiError => new(
            text["Binance did not say who you are"],
            text["You agreed, but Binance did not return your user id to this site. Trying again often helps."]),
        BinanceFailure.InvalidResponse => new(
            text["Binance sent an invalid response"],
            text["This site could not read it. Trying again may help."]),
        BinanceFailure.Unavailable => new(
            text["Binance cannot be reached"],
            text["Binance does not respond at the moment, or is overloaded. Please try again in a few minutes."]),
        BinanceFailure.Timeout => new(
            text["Binance took too long"],
            text["Binance did not respond in time. Please try again in a few minutes."]),
        _ => new(
            text["The sign-in did not work"],
            text["Something unexpected happened. Nothing was changed. Trying again may help."]),
    };
}
