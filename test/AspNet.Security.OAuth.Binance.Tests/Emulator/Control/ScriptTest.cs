namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>A test of what is done to an emulator, which runs once in C# and once by the JSON API. What it does is checked on the wire.</summary>
public abstract class ScriptTest : EmulatorTest
{
    public const string InCode = "C#";
    public const string InJson = "JSON";

    public static TheoryData<string> Languages => [InCode, InJson];

    private protected Script Script(string language) => language == InCode ? new CodeScript(Emulator) : new JsonScript(Visitor.Http);
}
