using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The body of each error of the JSON API.</summary>
internal sealed record ErrorJson(string Error);

/// <summary>A body without properties, for operations without parameters.</summary>
internal sealed class EmptyJson;

/// <summary>The types of the JSON API, read and written by the rules of <see cref="SharedJson"/>.</summary>
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(EmptyJson))]
[JsonSerializable(typeof(HealthJson))]
[JsonSerializable(typeof(ClientJson))]
[JsonSerializable(typeof(IEnumerable<ClientJson>))]
[JsonSerializable(typeof(UserJson))]
[JsonSerializable(typeof(IEnumerable<UserJson>))]
[JsonSerializable(typeof(TokensJson))]
[JsonSerializable(typeof(IssueJson))]
[JsonSerializable(typeof(IssuedJson))]
[JsonSerializable(typeof(ExpiredJson))]
[JsonSerializable(typeof(RevokeJson))]
[JsonSerializable(typeof(RevokedJson))]
[JsonSerializable(typeof(ApiKeyJson))]
[JsonSerializable(typeof(RequestJson))]
[JsonSerializable(typeof(RequestsJson))]
[JsonSerializable(typeof(FaultsJson))]
[JsonSerializable(typeof(PendingFaultJson))]
[JsonSerializable(typeof(NewHoldJson))]
[JsonSerializable(typeof(HoldJson))]
[JsonSerializable(typeof(ClockJson))]
[JsonSerializable(typeof(AdvanceJson))]
[JsonSerializable(typeof(SetClockJson))]
[JsonSerializable(typeof(OptionsJson))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Gets the types without escapes for characters such as an ampersand, which are valid in JSON: no response is HTML.</summary>
    public static ControlJson Readable => field ??= new(new JsonSerializerOptions(SharedJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
