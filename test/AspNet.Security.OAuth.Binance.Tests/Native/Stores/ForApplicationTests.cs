using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// The default path of an application's session.
/// </summary>
public sealed class ForApplicationTests
{
    [Fact]
    public void Session_of_an_application_is_in_the_user_s_own_directory()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

        Assert.Equal(Path.Combine(data, "My Application", "binance-session"), FileTokenStore.ForApplication("My Application").FilePath);
    }

    [Theory]
    [InlineData("XDG_DATA_HOME", "data", "data/app/binance-session")]
    [InlineData("HOME", "home", "home/.local/share/app/binance-session")]
    public async Task Environment_sets_the_directory_on_Linux(string variable, string value, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_DATA_HOME is Linux's.");
        var root = Path.GetTempPath();
        await using var process = await HelperProcess.StartAsync(
            start => (start.Environment["XDG_DATA_HOME"], start.Environment[variable]) = ("", Path.Combine(root, value)), Commands.Path, "app");

        await process.StartWorkAsync();

        Assert.Equal(Path.Combine(root, expected), await process.ReadLineAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("/etc")]
    [InlineData("C:")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("dot.")]
    [InlineData("blank ")]
    public void Name_that_is_not_a_portable_directory_name_is_refused(string? name)
        => Assert.ThrowsAny<ArgumentException>(() => FileTokenStore.ForApplication(name!));
}
