using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The state after a reset.</summary>
public sealed class ResetTests : EmulatorTest
{
    // These options are read once, at the start.
    private static readonly string[] _ofTheStart = [nameof(BinanceEmulatorOptions.Port), nameof(BinanceEmulatorOptions.TokenFile), nameof(BinanceEmulatorOptions.AllowProduction)];

    // By reflection, so that a new option is included.
    [Fact]
    public void Every_option_that_may_change_is_restored()
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
    public async Task Tokens_are_removed_from_the_file()
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
    public async Task A_write_error_does_not_prevent_the_rest_of_the_reset()
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
    public async Task A_second_reset_restores_the_same_state()
    {
        Emulator.Reset();
        Emulator.Clients.Clear();

        Emulator.Reset();

        await Visitor.SignInAsync();
    }

    [Fact]
    public void A_reset_before_the_emulator_is_mapped_throws()
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
}
