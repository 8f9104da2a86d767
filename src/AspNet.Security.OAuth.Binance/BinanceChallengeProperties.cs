using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The options of one challenge, which override <see cref="BinanceAuthenticationOptions"/>. The scopes of one challenge
/// are set with <see cref="OAuthChallengeProperties.Scope"/> or <see cref="OAuthChallengeProperties.SetScope"/>.
/// </summary>
public class BinanceChallengeProperties : OAuthChallengeProperties
{
    /// <summary>
    /// The key of <see cref="Locale"/> among the challenge's parameters.
    /// </summary>
    public static readonly string LocaleKey = "locale";

    /// <summary>
    /// Creates properties that override nothing.
    /// </summary>
    public BinanceChallengeProperties()
    {
    }

    /// <summary>
    /// Creates properties with the given state.
    /// </summary>
    /// <param name="items">State values, which are restored at the callback.</param>
    public BinanceChallengeProperties(IDictionary<string, string?> items)
        : base(items)
    {
    }

    /// <summary>
    /// Creates properties with the given state and parameters.
    /// </summary>
    /// <param name="items">State values, which are restored at the callback.</param>
    /// <param name="parameters">Parameters of the challenge, which are not part of the state.</param>
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
    /// <exception cref="ArgumentException">The value does not have the form of a language code.</exception>
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
