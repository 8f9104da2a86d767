
namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>A test of an operation that runs once in C# and once by the JSON API. The effect is checked by HTTP.</summary>
public abstract class ScriptTest : EmulatorTest
{
    public const string InCode = "C#";
    public const string InJson = "JSON";

    public static TheoryData<string> Languages => [InCode, InJson];

    private protected Script Script(string language) => language == InCode ? new CodeScript(Emulator) : new JsonScript(Visitor.Http);
}
