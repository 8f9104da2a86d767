using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Medallion.Threading;
using Medallion.Threading.Postgres;
using Medallion.Threading.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of docs/scaling.md, run. The sample's web farm, on a real Redis and a real PostgreSQL, is in the end-to-end tests.
/// </summary>
public sealed class ScalingExamples
{
    [Fact]
    public void Keys_cache_and_lock_are_in_Redis_which_may_be_unavailable()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration["ConnectionStrings:Redis"] = $"127.0.0.1:{LoopbackPort.Free()},abortConnect=false,connectTimeout=100";

        var redis = ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("Redis")!);
        builder.Services.AddDataProtection().SetApplicationName("my-site").PersistKeysToStackExchangeRedis(redis, "my-site:keys");
        builder.Services.AddStackExchangeRedisCache(options =>
        {
            options.InstanceName = "my-site:";
            options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(redis);
        });
        builder.Services.AddSingleton<IDistributedLockProvider>(new RedisDistributedSynchronizationProvider(redis.GetDatabase()));

        using var connection = redis;
        using var services = builder.Services.BuildServiceProvider();
        Assert.IsType<RedisXmlRepository>(services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository);
        Assert.IsType<RedisCache>(services.GetRequiredService<IDistributedCache>(), exactMatch: false);
        Assert.NotNull(services.GetRequiredService<IDistributedLockProvider>().CreateLock("a call"));
    }

    [Fact]
    public void Lock_in_PostgreSQL_does_not_connect_before_it_is_used()
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
