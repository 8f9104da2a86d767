using AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;
using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

public sealed class NativeClientTests
{
    [Fact]
    public async Task Table_of_the_page_is_what_the_two_clients_do()
        => Assert.Contains($"\n{await NativeClientComparison.MeasureAsync()}", Repository.Read("docs/native.md"), StringComparison.Ordinal);
}
