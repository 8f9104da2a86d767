
namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// An application's events for failed sign-ins, and an application that fails itself.
/// </summary>
internal static class FailureEvents
{
    /// <summary>A return URL with which the application's own code throws.</summary>
    public const string Fault = "/fault";

    public static void Listen(BinanceAuthenticationOptions options, RecordedTexts texts)
    {
        options.Events.OnRemoteFailure = context =>
        {
            texts.Add("failure", context.Failure!);
            return Task.CompletedTask;
        };
        options.Events.OnCreatingTicket = context => context.Properties.RedirectUri == Fault
            ? throw new InvalidOperationException("The application's own fault.")
            : Task.CompletedTask;
    }
}
