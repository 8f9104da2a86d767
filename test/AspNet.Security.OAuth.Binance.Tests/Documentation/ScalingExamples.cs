using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Medallion.Threading;
using Medallion.Threading.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of docs/scaling.md, run. The sample's web farm, on a real Redis and a real PostgreSQL, is in the end-to-end tests.
/// </summary>
public sealed class ScalingExamples
{
    [Fact]
    public void Lock_in_PostgreSQL_is_the_lock_of_the_web_farm_and_connects_when_it_is_used()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());

        builder.Services.AddSingleton<IDistributedLockProvider>(new PostgresDistributedSynchronizationProvider(
            "Host=db.example;Database=site;Username=site;Password=…;SSL Mode=VerifyFull;Timeout=2;Command Timeout=2"));

        using var services = builder.Services.BuildServiceProvider();
        Assert.NotNull(services.GetRequiredService<IDistributedLockProvider>().CreateLock("a call"));
    }

    [Fact]
    public void Keys_are_encrypted_with_the_certificate()
    {
        var folder = Directory.CreateTempSubdirectory("keys-");
        try
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(TestTime.Origin.AddYears(-20), TestTime.Origin.AddYears(20));
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.Services.AddDataProtection().PersistKeysToFileSystem(folder);

            builder.Services.AddDataProtection().ProtectKeysWithCertificate(certificate);

            using var services = builder.Services.BuildServiceProvider();
            var protector = services.GetDataProtector("a purpose");
            Assert.Equal("a token", protector.Unprotect(protector.Protect("a token")));
            var stored = File.ReadAllText(Assert.Single(folder.GetFiles()).FullName);
            Assert.Contains("<encryptedSecret", stored, StringComparison.Ordinal);
            Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
