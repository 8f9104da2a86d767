using AspNet.Security.OAuth.Binance.Emulator.Endpoints;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The composition of an emulator: its state, and the endpoints and pages that work on it.</summary>
internal sealed class EmulatorServer
{
    public EmulatorServer()
    {
        Requests = new EmulatorJournal(Options);
        Tokens = new TokenStore(Options, Clock);
        foreach (var client in BinanceEmulatorDefaults.Clients())
        {
            Clients.Add(client);
        }

        foreach (var user in BinanceEmulatorDefaults.Users())
        {
            Users.Add(user);
        }

        var codes = new CodeStore(Options);
        var bearer = new BearerAuthentication(Tokens);
        AuthorizeEndpoint = new AuthorizeEndpoint(
            Options, new AuthorizeRequestReader(Clients), Clients, Users, new PendingConsents(Options, Clock), codes, Clock);
        TokenEndpoint = new TokenEndpoint(
            new ClientAuthentication(Clients),
            new AuthorizationCodeGrant(codes, Tokens, Clock),
            new RefreshTokenGrant(Tokens));
        UserInfoEndpoint = new UserInfoEndpoint(bearer, Users);
        RevokeEndpoint = new RevokeEndpoint(bearer, Tokens);
        StatusPage = new StatusPage(Options, Clients, Users, Clock, Faults, Requests, Tokens);
    }

    public BinanceEmulatorOptions Options { get; } = new();

    public EmulatorClients Clients { get; } = new();

    public EmulatorUsers Users { get; } = new();

    public EmulatorClock Clock { get; } = new();

    public EmulatorFaults Faults { get; } = new();

    public EmulatorJournal Requests { get; }

    public TokenStore Tokens { get; }

    public AuthorizeEndpoint AuthorizeEndpoint { get; }

    public TokenEndpoint TokenEndpoint { get; }

    public UserInfoEndpoint UserInfoEndpoint { get; }

    public RevokeEndpoint RevokeEndpoint { get; }

    public StatusPage StatusPage { get; }

    /// <summary>Keeps the tokens in the file of the options, if they name one.</summary>
    public void OpenTokenFile()
    {
        if (Options.TokenFile is { } path)
        {
            Tokens.Open(path);
        }
    }
}
