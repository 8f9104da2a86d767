using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

[assembly: AssemblyFixture(typeof(Browser))]
[assembly: AssemblyFixture(typeof(ClientPackages))]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
