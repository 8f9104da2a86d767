using AspNet.Security.OAuth.Binance.Tests.Probes;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

public sealed class TypeUsesTests
{
    private static readonly Type[] _props = [typeof(Target), typeof(Generic<>), typeof(NamesAttribute), typeof(GenericAttribute<>)];

    [Fact]
    public void Every_kind_of_reference_is_seen()
    {
        var users = TypeUses.Of(typeof(Target).Assembly, typeof(Target).Namespace).Where(use => use.Used == typeof(Target).FullName).Select(use => use.User).ToHashSet();
        var probes = typeof(Target).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Target).Namespace && !type.IsNested && !type.Name.Contains('<', StringComparison.Ordinal))
            .Except(_props)
            .Select(type => type.FullName!)
            .ToArray();

        Assert.NotEmpty(probes);
        Assert.All(probes, probe => Assert.True(users.Contains(probe), $"The reference of {probe} is not seen."));
    }
}
