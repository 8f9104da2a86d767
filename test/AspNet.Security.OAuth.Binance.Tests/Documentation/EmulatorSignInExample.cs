// The code stands here as a reader would write it, without the tests' own tokens.
#pragma warning disable xUnit1051
using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The line of the emulator's readme with which a test of a reader's site signs in.
/// </summary>
public sealed class EmulatorSignInExample : SignInWalkTest
{
    [Fact]
    public async Task A_page_that_needs_a_user_is_opened_in_one_line()
    {
        var binance = Binance;
        using var browser = Browser();

        using var page = await binance.SignInAsync(browser, "/protected");

        Assert.Equal((HttpStatusCode.OK, "/protected"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
    }
}
