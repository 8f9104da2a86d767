using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Emulator.Endpoints;
using AspNet.Security.OAuth.Binance.Emulator.Http;
using AspNet.Security.OAuth.Binance.Emulator.Pages.Status;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;
using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A grant type is one class, and one line in <see cref="GrantTypes.Create"/>.</summary>
public sealed class GrantTypesTests : EmulatorTest
{
    public static TheoryData<string> Classes
        => [.. typeof(IGrantType).Assembly.GetTypes().Where(type => type.IsClass && typeof(IGrantType).IsAssignableFrom(type)).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Only_the_list_refers_to_a_grant_type(string type)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Regex.IsMatch(File.ReadAllText(file), $@"\b{type}\b"))
            .Select(Path.GetFileName);

        Assert.Equal(new[] { $"{nameof(GrantTypes)}.cs", $"{type}.cs" }.Order(), files.Order());
    }

    [Fact]
    public void An_added_grant_type_is_handled_listed_and_shown()
    {
        var grantTypes = new GrantTypes(new ClientCredentialsGrant());
        var endpoint = new TokenEndpoint(new ClientAuthentication(Emulator.Options, Emulator.Clients), grantTypes);
        var journal = new JournalWriter(Emulator.Requests, grantTypes, new GrantLookup(grantTypes, Emulator.Server.Tokens), Emulator.Options);
        var call = Call("client_credentials");

        var handled = endpoint.Handle(call);
        var unsupported = endpoint.Handle(Call("password"));
        journal.Add(call, handled, fault: null, journal.Period);
        var page = new RequestSection(Emulator.Clients, Emulator.Users, Emulator.Requests, Emulator.Server.Tokens, grantTypes).Markup().ToString();

        Assert.Equal((200, BinanceEmulatorDefaults.ClientId), (handled.Status, handled.Body));
        Assert.Equal("The grant_type must be client_credentials.", unsupported.Refusal!.Rule);
        Assert.True(Emulator.Requests.Single().HasKnownGrantType);
        Assert.Contains("<b>Client credentials</b>", page, StringComparison.Ordinal);
    }

    private static EmulatorCall Call(string grantType) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Endpoint = EmulatorEndpoint.Token,
        Method = "POST",
        Path = "/oauth/token",
        Prefix = "",
        RawQuery = "",
        Query = EmulatorParameters.None,
        Form = EmulatorParameters.Parse(
            $"grant_type={grantType}&client_id={BinanceEmulatorDefaults.ClientId}&client_secret={BinanceEmulatorDefaults.ClientSecret}", limit: 3),
        IsForm = true,
    };

    private sealed class ClientCredentialsGrant : IGrantType
    {
        public string Name => "client_credentials";

        public string Heading => "Client credentials";

        public bool BeginsSession => false;

        public EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters) => EmulatorResponse.Text(200, client.ClientId);

        public Grant? FindGrant(EmulatorParameters parameters) => null;
    }
}
