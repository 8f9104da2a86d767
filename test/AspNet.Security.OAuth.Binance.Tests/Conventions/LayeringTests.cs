using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class LayeringTests
{
    private const string Root = "AspNet.Security.OAuth.Binance";

    // CONTRIBUTING's one way: each may use those after it.
    private static readonly string[] _layers = [$"{Root}.Cookies", $"{Root}.Tokens", $"{Root}.Wire"];

    [Fact]
    public void Only_the_root_and_the_registration_are_public()
        => Assert.All(ProviderCode.Assembly.GetExportedTypes(), type
            => Assert.Contains(type.Namespace, (string[])[Root, "Microsoft.Extensions.DependencyInjection"]));

    [Fact]
    public void What_is_not_public_is_sealed()
    {
        var classes = ProviderCode.WrittenTypes.Where(type => type.IsClass && !type.IsVisible).ToArray();

        Assert.NotEmpty(classes);
        Assert.All(classes, type => Assert.True(type.IsSealed, type.FullName));
    }

    // What an application's own clients carry is no call of the provider's.
    private static readonly Type _httpClients = typeof(BinanceHttpClientBuilderExtensions);

    [Fact]
    public void Only_the_wire_talks_http()
    {
        var users = ProviderCode.Uses
            .Where(use => typeof(HttpMessageInvoker).IsAssignableFrom(use.Used) || use.Used == typeof(HttpRequestMessage))
            .Where(use => use.User.Namespace != $"{Root}.HttpClients" && use.User.DeclaringType != _httpClients && use.User != _httpClients)
            .Select(use => use.User.Namespace)
            .Distinct();

        Assert.Equal([$"{Root}.Wire"], users);
    }

    [Fact]
    public void No_layer_uses_one_above_it()
    {
        var between = ProviderCode.Uses
            .Select(use => (use.User, use.Used, From: LayerOf(use.User), To: LayerOf(use.Used)))
            .Where(use => use.From >= 0 && use.To >= 0 && use.From != use.To)
            .ToArray();

        Assert.NotEmpty(between);
        Assert.All(between, use => Assert.True(use.From < use.To, $"{use.User} uses {use.Used}"));
    }

    [Fact]
    public void The_provider_stands_on_the_shared_framework_and_one_abstraction()
    {
        var shared = Directory.GetFiles(Path.GetDirectoryName(typeof(Microsoft.AspNetCore.Http.HttpContext).Assembly.Location)!, "*.dll")
            .Concat(Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll"))
            .Select(Path.GetFileNameWithoutExtension)
            .Append("DistributedLock.Core");

        Assert.All(ProviderCode.Assembly.GetReferencedAssemblies(), reference => Assert.Contains(reference.Name, shared));
    }

    private static int LayerOf(Type type) => Array.IndexOf(_layers, type.Namespace);
}
