using System.Collections;
using System.Net;
using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A reset while something is under way, and what it covers.</summary>
public sealed class ResetTests : EmulatorTest
{
    // Read once, at the start.
    private static readonly string[] _ofTheStart = [nameof(BinanceEmulatorOptions.Port), nameof(BinanceEmulatorOptions.TokenFile), nameof(BinanceEmulatorOptions.AllowProduction)];

    // An option that is added later is in a reset too.
    [Fact]
    public void Every_option_that_may_change_is_as_at_the_start()
    {
        var properties = typeof(BinanceEmulatorOptions).GetProperties().Where(property => !_ofTheStart.Contains(property.Name)).ToArray();
        var before = properties.ToDictionary(property => property.Name, property => Shown(property.GetValue(Emulator.Options)));
        foreach (var property in properties)
        {
            Change(property);
        }

        Assert.All(properties, property => Assert.NotEqual(before[property.Name], Shown(property.GetValue(Emulator.Options))));
        Emulator.Reset();

        Assert.All(properties, property => Assert.Equal(before[property.Name], Shown(property.GetValue(Emulator.Options))));
    }

    [Fact]
    public async Task Who_waits_for_a_request_goes_on()
    {
        var wait = Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.UserInfo, 2, Cancellation);
        using var forgotten = await Visitor.UserInfoAsync(null);

        Emulator.Reset();

        using var first = await Visitor.UserInfoAsync("first");
        Assert.False(wait.IsCompleted);
        using var second = await Visitor.UserInfoAsync("second");
        Assert.Equal("Bearer second", (await wait).Authorization);
    }

    [Fact]
    public async Task Who_reads_the_journal_goes_on_and_sees_the_call_that_was_held()
    {
        await using var reader = Emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var hold = Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        var call = Visitor.UserInfoAsync("held");
        await hold.WaitForCallsAsync(1, Cancellation);

        Emulator.Reset();

        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("Bearer held", reader.Current.Authorization);
        Assert.Empty(Emulator.Requests);
        using var response = await call;
    }

    [Fact]
    public async Task A_delay_under_way_is_not_longer_because_the_clock_goes_back()
    {
        Emulator.Clock.Advance(TimeSpan.FromDays(1));
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Delay(TimeSpan.FromHours(1)));
        var call = Visitor.UserInfoAsync(null);
        await Emulator.Requests.WaitForAsync(_ => true, Cancellation);
        Emulator.Reset();
        Emulator.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(call.IsCompleted);

        Emulator.Clock.Advance(TimeSpan.FromMinutes(1));

        using var response = await call;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Codes_from_before_a_reset_leave_no_live_token()
    {
        for (var round = 0; round < 20; round++)
        {
            var codes = new List<string>();
            for (var i = 0; i < 8; i++)
            {
                codes.Add(await Visitor.GetCodeAsync());
            }

            // Token requests run into the reset: each is worked on before it or after it.
            var calls = codes.Select(code => Visitor.RedeemAsync(code)).ToArray();
            await Task.Run(Emulator.Reset, Cancellation);
            foreach (var call in calls)
            {
                using var response = await call;
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
            }

            Assert.Empty(Emulator.Tokens.AccessTokens);
            Assert.Empty(Emulator.Tokens.RefreshTokens);
        }
    }

    [Fact]
    public async Task A_request_that_is_worked_on_leaves_no_code()
    {
        var preset = Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId)!;
        var scopes = new SlowScopes();
        Emulator.Clients.Update(new EmulatorClient
        {
            ClientId = preset.ClientId,
            ClientSecret = preset.ClientSecret,
            RedirectUris = preset.RedirectUris,
            AllowAnyLoopbackPort = true,
            AllowedScopes = scopes,
        });
        var authorize = Visitor.GetCodeAsync();
        await scopes.Reached.Task.WaitAsync(Cancellation);

        await ResetBesideAsync(scopes.Go.Set);

        using var response = await Visitor.RedeemAsync(await authorize);
        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Fact]
    public async Task Tokens_that_are_being_issued_are_gone_too()
    {
        using var go = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var issue = Task.Run(() => Emulator.Tokens.Issue(scopes: Scopes()), Cancellation);
        await reached.Task.WaitAsync(Cancellation);

        await ResetBesideAsync(go.Set);

        await issue;
        Assert.Empty(Emulator.Tokens.AccessTokens);

        IEnumerable<string> Scopes()
        {
            reached.SetResult();
            go.Wait(Cancellation);
            yield return "user:openId";
        }
    }

    [Fact]
    public async Task An_operation_of_the_control_api_is_done_before_it_or_after_it()
    {
        var names = new SlowScopes();
        Emulator.Clients.Add(new EmulatorClient { ClientId = "slow", RedirectUris = ["http://localhost/"], AllowedScopes = names });
        var list = Visitor.Http.GetStringAsync("/emulator/api/v1/clients", Cancellation);
        await names.Reached.Task.WaitAsync(Cancellation);
        var isReset = false;

        await ResetBesideAsync(
            () =>
            {
                isReset = Emulator.Clients.Find("slow") is null;
                names.Go.Set();
            });

        Assert.Contains("slow", await list, StringComparison.Ordinal);
        Assert.False(isReset);
        Assert.Null(Emulator.Clients.Find("slow"));
    }

    [Fact]
    public async Task Tokens_are_gone_from_the_file_too()
    {
        var folder = Directory.CreateTempSubdirectory("binance-emulator-").FullName;
        try
        {
            var path = Path.Combine(folder, "tokens.json");
            await using var emulator = await BinanceEmulator.StartAsync(options => options.TokenFile = path, Cancellation);
            var issued = emulator.Tokens.Issue();
            Assert.Contains(issued.AccessToken, await File.ReadAllTextAsync(path, Cancellation), StringComparison.Ordinal);

            emulator.Reset();

            Assert.DoesNotContain(issued.AccessToken, await File.ReadAllTextAsync(path, Cancellation), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_the_system_refuses_to_write_keeps_nothing_else_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("binance-emulator-").FullName;
        var path = Path.Combine(folder, "tokens.json");
        await using var emulator = await BinanceEmulator.StartAsync(options => options.TokenFile = path, Cancellation);
        emulator.Tokens.Issue();
        emulator.Clients.Clear();
        Directory.Delete(folder, recursive: true);

        Assert.ThrowsAny<IOException>(emulator.Reset);

        Assert.Equal(2, emulator.Clients.Count());
        Assert.Empty(emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_reset_that_follows_a_reset_brings_back_the_same()
    {
        Emulator.Reset();
        Emulator.Clients.Clear();

        Emulator.Reset();

        await Visitor.SignInAsync();
    }

    [Fact]
    public void An_emulator_that_was_not_mapped_has_no_start_to_go_back_to()
    {
        var services = new ServiceCollection();
        services.AddBinanceEmulator();
        using var provider = services.BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<BinanceEmulator>().Reset());
    }

    private static string? Shown(object? value) => value is IEnumerable<string> texts ? string.Join(',', texts) : value?.ToString();

    private void Change(PropertyInfo property)
    {
        var options = Emulator.Options;
        var value = property.GetValue(options);
        if (value is ICollection<string> entries)
        {
            entries.Add(property.Name == nameof(BinanceEmulatorOptions.AllowedOrigins) ? "https://app.example" : "emulator");
            return;
        }

        property.SetValue(options, value switch
        {
            bool flag => !flag,
            int number => number + 1,
            TimeSpan time => time + TimeSpan.FromSeconds(1),
            Enum => Enum.GetValues(property.PropertyType).Cast<object>().First(other => !other.Equals(value)),
            string => "another-control-key",
            null when property.PropertyType == typeof(string) => "another",
            null when property.PropertyType == typeof(Uri) => new Uri("https://app.example"),
            _ => throw new NotSupportedException($"{property.Name} is of a type that this test cannot change."),
        });
    }

    // Resets while work is under way that ends with the action.
    private async Task ResetBesideAsync(Action go)
    {
        var reset = Task.Run(Emulator.Reset, Cancellation);

        // A reset that does not wait for the work has the time to end.
        for (var i = 0; i < 50 && !reset.IsCompleted; i++)
        {
            using var health = await Visitor.Http.GetAsync("/emulator/api/v1/health", Cancellation);
        }

        go();
        await reset;
    }

    // Keeps the emulator at work on a request.
    private sealed class SlowScopes : IReadOnlyCollection<string>
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Go { get; } = new();

        public int Count
        {
            get
            {
                Reached.TrySetResult();
                Go.Wait();
                return 0;
            }
        }

        public IEnumerator<string> GetEnumerator() => Enumerable.Repeat("any", Count).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
