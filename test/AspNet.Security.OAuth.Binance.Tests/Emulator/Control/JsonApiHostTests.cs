using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The JSON API in an application's own host.</summary>
public sealed class JsonApiHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_API_is_under_the_prefix_of_an_applications_group()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(app => app.MapGroup("/binance").MapBinanceEmulator());
        var emulator = application.Emulator;
        var script = new JsonScript(application.Http, "/binance");

        await script.AddAsync(new EmulatorClient { ClientId = "shop", RedirectUris = ["https://shop.example/"] });
        using var made = await script.SendAsync("POST", "/users", """{"label":"New"}""");
        using var head = await script.SendAsync("HEAD", "/clients");
        using var wrong = await script.SendAsync("PUT", "/clients");
        using var elsewhere = await new JsonScript(application.Http).SendAsync("GET", "/clients");

        using var tooLong = await script.SendAsync("POST", "/clients", new string(' ', (64 * 1024) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        Assert.NotNull(emulator.Clients.Find("shop"));
        Assert.StartsWith("/binance/emulator/api/v1/users/", made.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal([200, 405, 404], [(int)head.StatusCode, (int)wrong.StatusCode, (int)elsewhere.StatusCode]);
        Assert.Equal("", await elsewhere.Content.ReadAsStringAsync(Cancellation));
        await script.ResetAsync();
        Assert.Null(emulator.Clients.Find("shop"));
    }

    [Fact]
    public async Task An_applications_fallback_policy_does_not_apply()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(services: GuardedApplication.RequireSignIn);

        Assert.Equal("ok", (await new JsonScript(application.Http).GetAsync("/health")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_reset_keeps_what_the_application_added_before_it_mapped_the_emulator()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(app =>
        {
            app.Services.GetRequiredService<BinanceEmulator>().Clients.Add(new EmulatorClient { ClientId = "shop", RedirectUris = ["https://shop.example/"] });
            app.MapBinanceEmulator();
        });
        var emulator = application.Emulator;
        emulator.Clients.Add(new EmulatorClient { ClientId = "later", RedirectUris = ["https://shop.example/"] });

        emulator.Reset();

        Assert.NotNull(emulator.Clients.Find("shop"));
        Assert.Null(emulator.Clients.Find("later"));
    }

    [Theory]
    [InlineData("/requests/wait?timeoutSeconds=60")]
    [InlineData("/faults/holds/1?arrived=1&timeoutSeconds=60")]
    public async Task A_wait_ends_when_the_emulator_stops(string path)
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();
        application.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        var wait = new JsonScript(application.Http).SendAsync("GET", path);
        await new JsonScript(application.Http).GetAsync("/health");
        Assert.False(wait.IsCompleted);

        await application.StopAsync();

        var exception = await Record.ExceptionAsync(() => wait.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.NotNull(exception);
        Assert.IsNotType<TimeoutException>(exception);
    }

    [Fact]
    public async Task A_wait_ends_when_its_caller_disconnects()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = application.SendAsync(
            "GET",
            JsonScript.Api + "/requests/wait",
            context =>
            {
                context.Request.QueryString = new("?timeoutSeconds=60");
                context.Response.OnCompleted(() =>
                {
                    ended.SetResult();
                    return Task.CompletedTask;
                });
                began.SetResult();
            },
            abort.Token);
        await began.Task;

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }
}
