using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/configuration.md has every option of the packages, which of them the configuration can set, and their defaults.
/// </summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";

    private static readonly string[][] _site = Rows("option | configuration");
    private static readonly string[][] _native = Rows("option | default");
    private static readonly string[][] _client = Rows("property | default");
    private static readonly string[][] _emulator = Rows("emulator option | default");

    [Fact]
    public void Options_of_a_site_are_on_the_page()
        => Assert.Equal([], Declared(typeof(BinanceAuthenticationOptions)).Except(_site.SelectMany(Options)));

    [Fact]
    public void Other_options_are_those_of_the_page()
    {
        Assert.Equal(Declared(typeof(BinanceLoginOptions)).Order(), _native.SelectMany(Options).Order());
        Assert.Equal(Declared(typeof(BinanceOAuthClient)).Order(), _client.SelectMany(Options).Order());
        Assert.Equal(Declared(typeof(BinanceEmulatorOptions)).Order(), _emulator.SelectMany(Options).Order());
    }

    [Fact]
    public void Options_that_the_configuration_can_set_are_those_of_the_code()
    {
        var code = Setting().Matches(Repository.Read("src/AspNet.Security.OAuth.Binance/Configuration/ConfigureBinanceOptions.cs")).Select(match => match.Groups[1].Value).Distinct();

        Assert.Equal(code.Order(), _site.Where(row => row[1] == "yes").SelectMany(Options).Order());
    }

    [Fact]
    public void Defaults_are_those_of_the_code()
    {
        AssertDefaults(new BinanceAuthenticationOptions(), _site, 2);
        AssertDefaults(new BinanceLoginOptions(), _native, 1);
        AssertDefaults(new BinanceOAuthClient(new HttpClient()) { ClientId = "any" }, _client, 1);
        AssertDefaults(new BinanceEmulatorOptions(), _emulator, 1);
    }

    private static void AssertDefaults(object options, string[][] rows, int column)
        => Assert.All(rows, row => Assert.All(Options(row), name =>
        {
            var value = options.GetType().GetProperties().FirstOrDefault(property => property.Name == name)?.GetValue(options);
            if (value is bool or TimeSpan or Enum or > 0)
            {
                Assert.Equal(Text(value), row[column]);
            }
        }));

    private static string Text(object value) => value switch
    {
        TimeSpan { TotalSeconds: var seconds } when seconds % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
        TimeSpan { TotalSeconds: var seconds } => string.Create(CultureInfo.InvariantCulture, $"{seconds:N0} s"),
        bool or Enum => $"`{(value is bool ? value.ToString()!.ToLowerInvariant() : value)}`",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static IEnumerable<string> Declared(Type options) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Select(property => property.Name);

    private static string[][] Rows(string head) => [.. Repository.Table(Page, head)
        .Select(row => row.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    private static IEnumerable<string> Options(string[] row) => Name().Matches(row[0]).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"settings\.\w+\(nameof\(options\.(\w+)\)\)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();
}
