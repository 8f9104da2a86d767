using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// What one challenge may ask for otherwise than <see cref="BinanceAuthenticationOptions"/> says. The scopes of one challenge
/// are set with <see cref="OAuthChallengeProperties.Scope"/> or <see cref="OAuthChallengeProperties.SetScope"/>.
/// </summary>
public class BinanceChallengeProperties : OAuthChallengeProperties
{
    /// <summary>
    /// The key of <see cref="Locale"/> among the challenge's parameters.
    /// </summary>
    public static readonly string LocaleKey = "locale";

    /// <summary>
    /// Creates properties that ask for nothing of their own.
    /// </summary>
    public BinanceChallengeProperties()
    {
    }

    /// <summary>
    /// Creates properties with the given state.
    /// </summary>
    /// <param name="items">State that comes back with the user.</param>
    public BinanceChallengeProperties(IDictionary<string, string?> items)
        : base(items)
    {
    }

    /// <summary>
    /// Creates properties with the given state and parameters.
    /// </summary>
    /// <param name="items">State that comes back with the user.</param>
    /// <param name="parameters">Parameters of the challenge itself; they do not come back.</param>
    public BinanceChallengeProperties(IDictionary<string, string?> items, IDictionary<string, object?> parameters)
        : base(items, parameters)
    {
    }

    /// <summary>
    /// Gets or sets the language of Binance's pages, as a segment of the authorize URL.
    /// </summary>
    /// <value>
    /// A language code such as <c>tr</c>. The default, <see langword="null"/>, means <see cref="BinanceAuthenticationOptions.Locale"/>.
    /// </value>
    /// <exception cref="ArgumentException">The value is not shaped like a language code.</exception>
    public string? Locale
    {
        get => GetParameter<string>(LocaleKey);
        set
        {
            if (value is not null && !BinanceEndpoints.IsLocale(value))
            {
                throw new ArgumentException("A language is two letters, and may have a region of two to four letters: 'tr', 'zh-TW'.", nameof(value));
            }

            SetParameter(LocaleKey, value);
        }
    }
}
