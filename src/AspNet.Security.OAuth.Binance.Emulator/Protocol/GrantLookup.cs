using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Finds the grant that a request is about, also of one that is refused or meets a fault: by the code or the token that it carries.</summary>
internal sealed class GrantLookup(CodeStore codes, TokenStore tokens)
{
    public string? Find(EmulatorCall call)
    {
        var parameters = call.Query.With(call.Form);
        return (parameters.Text("code") is { } code ? codes.GrantOf(code)?.Id : null)
            ?? (parameters.Text("refresh_token") is { } refresh ? tokens.GrantOf(refresh)?.Id : null)
            ?? ((call.BearerToken ?? parameters.Text("access_token")) is { } access ? tokens.GrantOf(access)?.Id : null);
    }
}
