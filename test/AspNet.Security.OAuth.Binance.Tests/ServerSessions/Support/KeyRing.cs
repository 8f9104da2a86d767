using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

/// <summary>
/// The data-protection keys of a site, which its processes read when they start.
/// </summary>
internal sealed class KeyRing : IXmlRepository
{
    private readonly List<XElement> _elements = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_elements)
        {
            return [.. _elements];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_elements)
        {
            _elements.Add(element);
        }
    }

    /// <summary>The provider of one process, with the present keys.</summary>
    public IDataProtectionProvider OpenProvider() => Open().GetRequiredService<IDataProtectionProvider>();

    /// <summary>Adds a key, which processes that start later use.</summary>
    public IKey Rotate()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Open().GetRequiredService<IKeyManager>().CreateNewKey(now, now.AddDays(90));
    }

    public void Revoke(Guid key) => Open().GetRequiredService<IKeyManager>().RevokeKey(key, "leaked");

    private ServiceProvider Open()
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("site").AddKeyManagementOptions(options => options.XmlRepository = this);
        return services.BuildServiceProvider();
    }
}
