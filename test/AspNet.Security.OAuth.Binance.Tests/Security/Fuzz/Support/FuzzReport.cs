using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Xunit.Sdk;
using TestResult = FsCheck.TestResult;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// The report of a run: the smallest case that fails, the reason, and how to run it again.
/// </summary>
internal sealed class FuzzReport(string replayVariable) : IRunner
{
    private Exception? _failure;

    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    public void OnStartFixture(Type t)
    {
    }

    public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
    }

    public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
    }

    public void OnFinished(string name, TestResult result)
    {
        _failure = result switch
        {
            TestResult.Failed failed => Describe(failed),
            TestResult.Exhausted => new XunitException("The generator gave no cases."),
            _ => null,
        };
    }

    private XunitException Describe(TestResult.Failed failed)
    {
        var reason = failed.Item4 is Outcome.Failed { Item: var exception } ? exception.GetBaseException() : null;
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Case {failed.Item1.NumberOfTests} fails. At its smallest ({failed.Item1.NumberOfShrinks} steps smaller):
              {string.Join(' ', failed.Item3)}
            As it was generated:
              {string.Join(' ', failed.Item2)}
            To run it again: {replayVariable}={failed.Item6.Seed},{failed.Item6.Gamma},{failed.Item7} dotnet test --filter …
            {reason}
            """);
        return new XunitException(message);
    }
}
