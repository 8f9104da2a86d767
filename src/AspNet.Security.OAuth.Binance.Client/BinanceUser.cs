using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// A user of Binance.
/// </summary>
public sealed class BinanceUser
{
    /// <summary>
    /// Gets the stable identifier of the user.
    /// </summary>
    public required string UserId { get; init; }

    /// <summary>
    /// Gets the e-mail address, which takes the scope <c>user:email</c>.
    /// </summary>
    /// <value><see langword="null"/> if there is none, or if the application may not read it.</value>
    public string? Email { get; init; }

    /// <summary>
    /// Gets the <c>data</c> object of the response, with the fields that have no property here. It is not serialized.
    /// </summary>
    /// <value>A JSON object. <see cref="JsonValueKind.Undefined"/> if this user does not come from a response.</value>
    [JsonIgnore]
    public JsonElement Raw { get; init; }
}
