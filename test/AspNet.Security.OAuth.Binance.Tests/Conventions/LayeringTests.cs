using System.Reflection;
using ArchUnitNET.xUnitV3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

public sealed class LayeringTests
{
    private const string Handler = "AspNet.Security.OAuth.Binance";
    private const string Client = "AspNet.Security.OAuth.Binance.Client";
    private const string Emulator = "AspNet.Security.OAuth.Binance.Emulator";
    private const string Native = "AspNet.Security.OAuth.Binance.Native";
    private const string Sample = "SampleWeb";
    private const string Tool = "AspNet.Security.OAuth.Binance.Emulator.Tool";

    // The layers of each package, from the top. An entry is a folder, or a type at the root, or several of both. A type may refer to types of
    // its own entry and of the layers below; entries of one layer do not refer to each other.
    private static readonly Dictionary<string, string[][]> _layers = new()
    {
        [Handler] =
        [
            ["BinanceIdentityBuilderExtensions", "BinanceServerSessionsExtensions"],
            ["BinanceAuthenticationExtensions", "BinanceHttpClientBuilderExtensions", "BinanceLoginEndpointRouteBuilderExtensions"],
            ["Endpoints/", "BinanceRevalidatingAuthenticationStateProvider"],
            ["BinanceAuthenticationHandler", "BinanceSessions", "BinanceTokenService", "BinanceUserTokens`1 RegisteredUserTokens`1"],
            ["Identity/", "Sessions/"],
            ["Callback/", "Cookies/", "HttpClients/"],
            ["Tokens/"],
            ["Configuration/"],
            ["Diagnostics/"],

            // The options check themselves by the rules, which read the options.
            ["BinanceAuthenticationOptions BinanceAuthenticationOptionsRules", "BinanceChallengeProperties", "BinanceServerSessionsOptions", "BinanceSessionInfo"],
            ["BinanceAuthenticationConstants", "BinanceAuthenticationDefaults"],
        ],
        [Client] =
        [
            ["BinanceTokenRefresher"],
            ["BinanceOAuthClient"],
            ["BinanceAuthorizationRequest", "BinanceEndpoints"],
            ["BinanceAuthorizationResponse"],
            ["Protocol/"],
            ["BinanceAuthenticationException", "BinanceTokens", "BinanceUser"],
            ["BinanceFailure"],
        ],
        [Native] =
        [
            ["BinanceLoginServiceCollectionExtensions"],
            ["BinanceLogin"],
            ["BinancePendingSignIn"],
            ["SignIn/"],
            ["Session/"],
            ["Configuration/", "HttpClients/", "Loopback/"],
            ["Diagnostics/"],
            ["BinanceLoginOptions"],
            ["FileTokenStore", "SystemBrowser"],
            ["Browsers/", "Stores/"],
            ["IBinanceBrowser", "IBinanceTokenStore", "BinanceLoginSession"],
            ["BinanceBrowserRequest"],
        ],
        [Emulator] =
        [
            ["BinanceEmulatorEndpointRouteBuilderExtensions", "BinanceEmulatorServiceCollectionExtensions"],
            ["BinanceEmulator"],
            ["Http/", "Testing/"],
            ["Control/", "Endpoints/", "Pages/Status/"],
            ["Pages/"],
            ["Protocol/"],
            ["EmulatorTokens"],
            ["Stores/"],
            ["BinanceEmulatorDefaults", "EmulatorClients", "EmulatorFaults", "EmulatorJournal", "EmulatorTokenPair", "EmulatorUsers"],

            // The options read themselves from a file, whose reader sets them.
            ["BinanceEmulatorOptions Configuration/"],
            ["EmulatorPendingFault"],
            ["EmulatorClient", "EmulatorClock", "EmulatorFault", "EmulatorHold", "EmulatorRequest", "EmulatorToken", "EmulatorUser"],
            ["DenialBehavior", "EmulatorEndpoint", "EmulatorFaultKind", "EmulatorParameters", "EmulatorRefusal", "Hosting/", "RefreshTokenBehavior", "RevocationBehavior"],
            ["Setup/"],
        ],
        [Tool] =
        [
            ["Program"],
            ["Accounts", "Introduction", "RequestLog", "Words"],
            ["CommandLine"],
            ["HelpText", "Settings"],
            ["Setting", "Values"],
            ["Printable", "Run", "UsageException"],
        ],
    };

    private static readonly string[] _net = NamesBeside(typeof(object));
    private static readonly string[] _aspNetCore = [.. _net, .. NamesBeside(typeof(HttpContext))];

    public static TheoryData<string> Packages => [.. _layers.Keys];

    // A new package has to be listed.
    [Fact]
    public void Every_package_has_layers()
    {
        var root = typeof(LayeringTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;
        var projects = Directory.GetFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);

        Assert.All(projects, project => Assert.True(_layers.ContainsKey(project!), $"{project} has no layers: list them in {nameof(LayeringTests)}, and what it may reference."));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_type_is_in_one_layer(string package)
    {
        var entries = _layers[package].SelectMany(layer => layer).ToArray();
        var places = WrittenTypes(package).Select(type => (Type: type, Entries: entries.Where(entry => Holds(entry, package, type)).ToArray())).ToArray();
        var types = entries.SelectMany(entry => entry.Split(' ')).Where(part => !part.EndsWith('/'));

        Assert.All(places, place => Assert.True(
            place.Entries.Length == 1,
            $"{place.Type} is in {place.Entries.Length} layers: list it, or its folder, once in {nameof(LayeringTests)}, above all that it refers to."));
        Assert.All(types, name => Assert.True(places.Any(place => place.Type.Name == name), $"{package} has no type {name}: remove it from {nameof(LayeringTests)}."));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_type_refers_only_to_its_own_folder_and_the_layers_below(string package)
    {
        var places = WrittenTypes(package).ToDictionary(type => type.FullName!, type => PlaceOf(type, package));
        var between = TypeUses.Of(Load(package))
            .Where(use => places.ContainsKey(use.User) && places.ContainsKey(use.Used))
            .Select(use => (use.User, use.Used, From: places[use.User], To: places[use.Used]))
            .Where(use => use.From != use.To)
            .ToArray();

        Assert.NotEmpty(between);
        Assert.All(between, use => Assert.True(
            use.From.Layer < use.To.Layer,
            $"{use.User} ('{use.From.Entry}', layer {use.From.Layer}) refers to {use.Used} ('{use.To.Entry}', layer {use.To.Layer}), which is not below it."));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_type_is_in_the_folder_of_its_namespace_and_a_public_one_at_the_root(string package)
    {
        var folders = TypeFolders.Of(Load(package));

        Assert.All(WrittenTypes(package), type =>
        {
            var expected = type.IsPublic ? string.Empty : FolderOf(type, package);
            var found = folders.Where(place => place.Type == type).Select(place => place.Folder).Distinct();
            Assert.True(found.SequenceEqual([expected]), $"{type} is in '{string.Join("', '", found)}' of the project, and belongs in '{expected}'.");
        });
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Only_the_root_and_the_framework_s_namespaces_of_extension_methods_are_public(string package)
        => Assert.All(Load(package).GetExportedTypes(), type => Assert.True(
            type.Namespace == NamespaceOf(package)
                || (type.Namespace is "Microsoft.Extensions.DependencyInjection" or "Microsoft.AspNetCore.Builder" && type.Name.EndsWith("Extensions", StringComparison.Ordinal)),
            $"{type} is public, and neither in {NamespaceOf(package)} nor extension methods in a namespace of the framework."));

    [Theory]
    [MemberData(nameof(Packages))]
    public void What_is_not_public_is_sealed(string package)
        => Classes().That().AreNot(Load(package).GetExportedTypes()).Should().BeSealed().Check(TypeUses.Load(Load(package)));

    [Fact]
    public void Only_the_application_s_clients_send_HTTP_requests_in_the_handler()
    {
        var users = TypeUses.Of(Load(Handler))
            .Where(use => use.Used.StartsWith("System.Net.Http.", StringComparison.Ordinal))

            // Puts the client that Client made into the options, and sends nothing.
            .Where(use => use is not ($"{Handler}.Configuration.PostConfigureBinanceOptions", "System.Net.Http.HttpClient" or "System.Net.Http.HttpMessageHandler"))

            // Hands the client in the options over to Client.
            .Where(use => use is not ($"{Handler}.BinanceAuthenticationOptions", "System.Net.Http.HttpClient"))
            .Where(use => !use.User.StartsWith($"{Handler}.HttpClients.", StringComparison.Ordinal))
            .Where(use => use.User != typeof(BinanceHttpClientBuilderExtensions).FullName);

        Assert.All(users, use => Assert.Fail($"{use.User} refers to {use.Used}."));
    }

    [Fact]
    public void References_between_assemblies_point_one_way()
    {
        Assert.Empty(ReferencesOf(Client).Except(_net));
        Assert.Equal([Client, "DistributedLock.Core"], ReferencesOf(Handler).Except(_aspNetCore).Order());
        Assert.Empty(ReferencesOf(Emulator).Except(_aspNetCore));
        Assert.Equal([Emulator, "System.CommandLine"], ReferencesOf(Tool).Except(_aspNetCore).Order());
        Assert.Equal(
            [Client, "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "System.Security.Cryptography.ProtectedData"],
            ReferencesOf(Native).Except(_net).Order(StringComparer.Ordinal));
        Assert.Equal([Handler, Client, Emulator], ReferencesOf(Sample).Where(name => name.StartsWith(Handler, StringComparison.Ordinal)).Order());
    }

    private static Assembly Load(string assembly) => Assembly.Load(assembly);

    private static IEnumerable<string> ReferencesOf(string assembly) => Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!);

    private static string[] NamesBeside(Type type)
        => [.. Directory.GetFiles(Path.GetDirectoryName(type.Assembly.Location)!, "*.dll").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    // Names with an angle bracket are the compiler's and the source generators'.
    private static IEnumerable<Type> WrittenTypes(string package)
        => Load(package).GetTypes().Where(type => !type.IsNested && !type.Name.Contains('<', StringComparison.Ordinal));

    private static string NamespaceOf(string package) => package is Client or Native ? Handler : package;

    private static string FolderOf(Type type, string package)
        => type.Namespace!.StartsWith($"{NamespaceOf(package)}.", StringComparison.Ordinal)
            ? type.Namespace[(NamespaceOf(package).Length + 1)..].Replace('.', '/') + '/'
            : string.Empty;

    private static bool Holds(string entry, string package, Type type)
        => entry.Split(' ').Any(part => part.EndsWith('/') ? part == FolderOf(type, package) : FolderOf(type, package).Length == 0 && part == type.Name);

    private static (int Layer, string Entry) PlaceOf(Type type, string package)
        => _layers[package].Index()
            .SelectMany(layer => layer.Item.Select(entry => (layer.Index, entry)))
            .FirstOrDefault(place => Holds(place.entry, package, type));
}
