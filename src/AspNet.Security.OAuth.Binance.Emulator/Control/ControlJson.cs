using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Every error of the JSON API.</summary>
internal sealed record ErrorJson(string Error);

/// <summary>No properties: a body may be sent where none is needed.</summary>
internal sealed class EmptyJson;

/// <summary>The shapes of the JSON API.</summary>
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
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(CamelCaseEnum<DenialBehavior>),
        typeof(CamelCaseEnum<EmulatorEndpoint>),
        typeof(CamelCaseEnum<RefreshTokenBehavior>),
        typeof(CamelCaseEnum<RevocationBehavior>),
    ])]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Gets the shapes, written so that people can read them: JSON needs no escape for an ampersand or a letter. No response is HTML.</summary>
    public static ControlJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
