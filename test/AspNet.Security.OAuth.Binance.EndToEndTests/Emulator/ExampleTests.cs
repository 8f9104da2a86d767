using System.Diagnostics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The sites of docs/examples sign in, show the user, sign out, and handle a refusal and a forged callback.
/// </summary>
public sealed class ExampleTests
{
    [Fact(Timeout = Languages.Timeout)]
    public async Task Site_in_node_signs_in_and_out()
    {
        var node = Languages.Node;
        using var packages = await NodePackages.InstallAsync(Repository.Example("node"));

        await VisitAsync(_ => new(node, ["server.mjs"]) { WorkingDirectory = packages.Folder });
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Site_in_python_signs_in_and_out()
    {
        var python = await Languages.PythonWithAsync("authlib", "python3-authlib");

        await VisitAsync(_ => new(python, ["-B", "server.py"]) { WorkingDirectory = Repository.Example("python") });
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Site_in_go_signs_in_and_out()
    {
        var go = Languages.Go;
        var folder = Directory.CreateTempSubdirectory("go-");
        try
        {
            // Not `go run`, which leaves the program running when it is killed. No proxy: the standard library is all that it uses.
            var program = Path.Combine(folder.FullName, "site");
            var build = new ProcessStartInfo(go, ["build", "-o", program, "."]) { WorkingDirectory = Repository.Example("go") };
            build.Environment["GOPROXY"] = "off";
            build.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "binance-emulator-go-cache");
            build.Environment["CGO_ENABLED"] = "0";
            var (exitCode, text) = await Languages.RunAsync(build);
            Assert.True(exitCode == 0, text);

            await VisitAsync(_ => new(program));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Site_in_php_signs_in_and_out()
    {
        var php = Languages.Php;

        await VisitAsync(port => new(php, ["-S", $"localhost:{port}", "index.php"]) { WorkingDirectory = Repository.Example("php") });
    }

    private static async Task VisitAsync(Func<int, ProcessStartInfo> start)
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var site = await ExampleSite.StartAsync(binance, start);
        Assert.Contains("Login with Binance", (await site.GetAsync("/", cookie: null)).Body, StringComparison.Ordinal);

        var refused = await site.SignInAsync("emulator_decision=deny");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("You have cancelled.", refused.Body, StringComparison.Ordinal);

        var forged = await site.GetAsync("/signin-binance?code=1&state=1", refused.Cookie);
        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.Empty(binance.Requests.To(EmulatorEndpoint.Token));

        var signedIn = await site.SignInAsync($"emulator_user={BinanceEmulatorDefaults.SecondUserId}");
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (signedIn.Status, signedIn.Location));
        Assert.Contains($"Signed in as {BinanceEmulatorDefaults.SecondUserId}", (await site.GetAsync("/", signedIn.Cookie)).Body, StringComparison.Ordinal);
        Assert.Equal(200, Assert.Single(binance.Requests.To(EmulatorEndpoint.Token)).Status);
        Assert.Single(binance.Tokens.AccessTokens);

        var signedOut = await site.SendAsync(HttpMethod.Post, "/logout", signedIn.Cookie);
        Assert.Equal(HttpStatusCode.SeeOther, signedOut.Status);
        Assert.Empty(binance.Tokens.AccessTokens);
        Assert.DoesNotContain("Signed in as", (await site.GetAsync("/", signedIn.Cookie)).Body, StringComparison.Ordinal);
    }
}
