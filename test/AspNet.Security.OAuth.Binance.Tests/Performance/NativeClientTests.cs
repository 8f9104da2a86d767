using AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;
using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

public sealed class NativeClientTests
{
    [Fact]
    public async Task The_table_of_the_page_has_the_figures_of_the_two_clients()
        => Assert.Contains($"\n{await NativeClientComparison.MeasureAsync()}", Repository.Read("docs/native.md"), StringComparison.Ordinal);
}
