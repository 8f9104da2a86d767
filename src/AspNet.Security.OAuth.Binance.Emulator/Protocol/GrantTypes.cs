using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The grant types of the token endpoint. A new one is a class in this folder and a line in <see cref="Create"/>.</summary>
internal sealed class GrantTypes(params IReadOnlyList<IGrantType> all)
{
    /// <summary>Gets the names, for an error that lists them.</summary>
    public string Names => string.Join(" or ", all.Select(type => type.Name));

    public static GrantTypes Create(CodeStore codes, TokenStore tokens, EmulatorClock clock) => new(
        new AuthorizationCodeGrant(codes, tokens, clock),
        new RefreshTokenGrant(tokens));

    /// <returns>The grant type; <see langword="null"/> when the name is missing or unknown.</returns>
    public IGrantType? Find(string? name) => all.FirstOrDefault(type => type.Name == name);

    /// <summary>Finds the grant of the code or the token in the parameters of a request.</summary>
    public Grant? FindGrant(EmulatorParameters parameters) => all.Select(type => type.FindGrant(parameters)).FirstOrDefault(grant => grant is not null);
}
