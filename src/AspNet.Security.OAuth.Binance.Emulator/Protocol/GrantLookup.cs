using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Finds the grant of a request, also of one that is refused or gets a fault, by the code or the token in it.</summary>
internal sealed class GrantLookup(GrantTypes grantTypes, TokenStore tokens)
{
    public string? Find(EmulatorCall call)
    {
        var parameters = call.Query.With(call.Form);
        return (grantTypes.FindGrant(parameters)
            ?? ((call.BearerToken ?? parameters.Text("access_token")) is { } access ? tokens.GrantOf(access) : null))?.Id;
    }
}
