using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A test of <see cref="EmulatorRequest.Refusal"/>.</summary>
public abstract class RefusalTest : EmulatorTest
{
    protected EmulatorRefusal? Last => Emulator.Requests.Last().Refusal;

    protected void AssertRefusal(string rule, string? expected, string? actual)
        => Assert.Equal((rule, expected, actual), (Last?.Rule ?? "", Last?.Expected, Last?.Actual));
}
