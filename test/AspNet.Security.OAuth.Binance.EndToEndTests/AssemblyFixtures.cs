using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

[assembly: AssemblyFixture(typeof(Browser))]
