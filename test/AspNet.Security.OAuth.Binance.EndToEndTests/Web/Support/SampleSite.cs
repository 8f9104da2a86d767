using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;

/// <summary>
/// The sample of a site, <c>sample-web</c>.
/// </summary>
public sealed class SampleSite : SiteHost<Program>
{
    private SampleSite()
    {
    }

    public static SampleSite Start() => Start(new SampleSite());
}
