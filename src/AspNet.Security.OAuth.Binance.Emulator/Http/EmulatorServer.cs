using AspNet.Security.OAuth.Binance.Emulator.Configuration;
using AspNet.Security.OAuth.Binance.Emulator.Control;
using AspNet.Security.OAuth.Binance.Emulator.Endpoints;
using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using AspNet.Security.OAuth.Binance.Emulator.Pages.Status;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The composition root of an emulator: its state, endpoints and pages.</summary>
internal sealed class EmulatorServer
{
    private readonly CodeStore _codes;
    private readonly PendingConsents _consents;
    private StartState? _start;

    public EmulatorServer()
    {
        Guard = new EmulatorGuard(Options);
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

        IssuedTokens = new EmulatorTokens(Tokens, Clients, Users, Resets);
        Options.Configured = Take;
        _codes = new CodeStore(Options);
        _consents = new PendingConsents(Options, Clock);
        var grantTypes = GrantTypes.Create(_codes, Tokens, Clock);
        JournalWriter = new JournalWriter(Requests, grantTypes, new GrantLookup(grantTypes, Tokens), Options);
        var bearer = new BearerAuthentication(Options, Tokens);
        AuthorizeEndpoint = new AuthorizeEndpoint(
            Options, new AuthorizeRequestReader(Clients), Clients, Users, _consents, _codes, Clock);
        TokenEndpoint = new TokenEndpoint(new ClientAuthentication(Options, Clients), grantTypes);
        UserInfoEndpoint = new UserInfoEndpoint(bearer, Users);
        RevokeEndpoint = new RevokeEndpoint(bearer, Tokens);
        StatusEvents = new StatusEvents(Requests);
        StatusActions = new StatusActions(IssuedTokens, Clock, Faults, StatusEvents, Reset);
        StatusPage = new StatusPage(
            new RequestSection(Clients, Users, Requests, Tokens, grantTypes),
            new StateSection(Clients, Users, Clock, Faults, Tokens),
            new SetupSection(Options, Clients, Users),
            StatusActions);
    }

    public BinanceEmulatorOptions Options { get; } = new();

    public EmulatorGuard Guard { get; }

    public EmulatorClients Clients { get; } = new();

    public EmulatorUsers Users { get; } = new();

    public EmulatorClock Clock { get; } = new();

    public EmulatorFaults Faults { get; } = new();

    public EmulatorJournal Requests { get; }

    public JournalWriter JournalWriter { get; }

    public TokenStore Tokens { get; }

    /// <summary>Gets the public API of the tokens.</summary>
    public EmulatorTokens IssuedTokens { get; }

    /// <summary>Gets the objects that the JSON API uses.</summary>
    public ControlledEmulator Controlled => new(Options, Clients, Users, Clock, Faults, Requests, IssuedTokens, Resets, Reset);

    public ResetLock Resets { get; } = new();

    public AuthorizeEndpoint AuthorizeEndpoint { get; }

    public TokenEndpoint TokenEndpoint { get; }

    public UserInfoEndpoint UserInfoEndpoint { get; }

    public RevokeEndpoint RevokeEndpoint { get; }

    public StatusPage StatusPage { get; }

    public StatusActions StatusActions { get; }

    public StatusEvents StatusEvents { get; }

    /// <summary>Opens the token file, if the options name one.</summary>
    public void OpenTokenFile()
    {
        if (Options.TokenFile is { } path)
        {
            Tokens.Open(path);
        }
    }

    /// <summary>Saves the state that a reset restores. Only the first call has an effect: a host may map an emulator twice.</summary>
    public void MarkStart() => _start ??= new StartState(Options.Copy(), [.. Clients], [.. Users], Faults.Pending);

    public void Reset()
    {
        if (_start is not { } start)
        {
            throw new InvalidOperationException("The emulator has not started: MapBinanceEmulator was not called.");
        }

        Resets.Alone(() =>
        {
            _codes.Clear();
            _consents.Clear();
            Clients.Entries.Replace(start.Clients);
            Users.Entries.Replace(start.Users);
            Options.CopyFrom(start.Options);
            Clock.Reset();
            Faults.Reset(start.Faults);
            Requests.Reset();

            // Last, because the system may refuse to write the token file.
            Tokens.Clear();
            return true;
        });
        StatusEvents.Tell("Reset");
    }

    /// <summary>Closes the token file, and ends the readers of the journal.</summary>
    public void Close()
    {
        Tokens.Close();
        Requests.Close();
    }

    private void Take(ConfigurationContent content)
    {
        if (content.Clients is { } clients)
        {
            Clients.Entries.Replace(clients);
        }

        if (content.Users is { } users)
        {
            Users.Entries.Replace(users);
        }

        foreach (var fault in content.Faults)
        {
            Faults.Next(fault.Endpoint, fault.Fault, fault.Times);
        }
    }
}
