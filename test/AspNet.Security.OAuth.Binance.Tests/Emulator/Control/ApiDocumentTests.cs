using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Documentation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>openapi.json matches the API.</summary>
public sealed class ApiDocumentTests : EmulatorTest
{
    public static TheoryData<string, string> Operations => [.. ApiDocument.Operations.Select(operation => (operation.Method, operation.Path))];

    [Fact]
    public async Task Routes_match_the_operations_of_the_document()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Services.AddBinanceEmulator();
        await using var application = builder.Build();
        application.MapBinanceEmulator();

        var mapped =
            from endpoint in ((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
            where endpoint.RoutePattern.RawText!.StartsWith(JsonScript.Api, StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            where method != "HEAD"
            select $"{method} {endpoint.RoutePattern.RawText![JsonScript.Api.Length..]}";

        Assert.Equal(ApiDocument.Operations.Select(operation => $"{operation.Method} {operation.Path}").Order(), mapped.Order());
    }

    [Theory]
    [InlineData("/openapi.json", "openapi.json")]
    [InlineData("/configuration.schema.json", "binance-emulator.schema.json")]
    public async Task The_committed_documents_are_served(string path, string file)
        => Assert.Equal(Repository.Read($"{ApiDocument.Folder}/{file}"), await Visitor.Http.GetStringAsync(JsonScript.Api + path, Cancellation));

    [Fact]
    public async Task The_version_of_the_document_is_that_of_the_emulator()
        => Assert.Equal(ApiDocument.Root["info"]!["version"]!.GetValue<string>(), (await new JsonScript(Visitor.Http).GetAsync("/health")).GetProperty("version").GetString());

    [Fact]
    public void Every_reference_is_resolved_and_every_component_is_used()
    {
        var used = Regex.Matches(ApiDocument.Text, "\"\\$ref\": \"#/(components/[^\"]+)\"").Select(match => match.Groups[1].Value).Distinct().Order();
        var components = ApiDocument.Root["components"]!.AsObject()
            .Where(kind => kind.Key != "securitySchemes")
            .SelectMany(kind => kind.Value!.AsObject().Select(component => $"components/{kind.Key}/{component.Key}"));

        Assert.Equal(components.Order(), used);
        Assert.Equal(ApiDocument.Operations.Count(), ApiDocument.Operations.Select(operation => operation.Operation["operationId"]!.GetValue<string>()).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Parameters_are_those_of_the_route(string method, string path)
    {
        var operation = ApiDocument.Operation(method, path);
        var documented = (operation["parameters"]?.AsArray() ?? []).Select(parameter => parameter!["name"]!.GetValue<string>()).ToArray();
        var shared = (ApiDocument.Root["paths"]![path]!["parameters"]?.AsArray() ?? []).Select(parameter => parameter!["name"]!.GetValue<string>());

        using var response = await new JsonScript(Visitor.Http).SendAsync(method, path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal) + "?unknown=1");

        var error = (await Visitor.JsonAsync(response)).GetProperty("error").GetString()!;
        Assert.Equal(
            documented.Length == 0 ? "unknown: There is no such parameter: this resource has none." : $"unknown: There is no such parameter. Expected: {string.Join(", ", documented)}.",
            error);
        Assert.Equal(Regex.Matches(path, "{(.*?)}").Select(match => match.Groups[1].Value), shared);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Examples_are_valid_and_accepted(string method, string path)
    {
        var operation = ApiDocument.Operation(method, path);
        foreach (var response in operation["responses"]!.AsObject())
        {
            if (ApiDocument.Resolve(response.Value!)!["content"]?["application/json"] is { } content)
            {
                Assert.Equal("", ApiDocument.Defects(content["schema"]!, content["example"]));
            }
        }

        var body = operation["requestBody"]?["content"]!["application/json"]!;
        foreach (var example in body?["examples"]!.AsObject().Select(pair => pair.Value!["value"]!) ?? [])
        {
            Assert.Equal("", ApiDocument.Defects(body!["schema"]!, example));
            await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
            using var visitor = new Visitor(emulator);
            await AssertDocumentedAsync(visitor, emulator, method, path, example);
        }

        if (operation["requestBody"]?["required"]?.GetValue<bool>() is not true)
        {
            await AssertDocumentedAsync(Visitor, Emulator, method, path, body: null);
        }
    }

    [Fact]
    public async Task Errors_match_the_document()
    {
        var script = new JsonScript(Visitor.Http);
        await AssertErrorAsync(400, "POST", "/clients", "{}");
        await AssertErrorAsync(400, "GET", "/requests", query: "?x=1");
        await AssertErrorAsync(403, "GET", "/clients", site: "cross-site");
        await AssertErrorAsync(403, "GET", "/health", site: "cross-site");
        await AssertErrorAsync(404, "GET", "/clients/{clientId}");
        await AssertErrorAsync(404, "DELETE", "/faults/holds/{id}");
        await AssertErrorAsync(404, "POST", "/tokens/revoke", """{"token":"unknown"}""");
        await AssertErrorAsync(408, "GET", "/requests/wait", query: "?timeoutSeconds=0");
        await AssertErrorAsync(409, "POST", "/clients", $$"""{"clientId":"{{BinanceEmulatorDefaults.ClientId}}","redirectUris":["https://a.example/"]}""");
        await AssertErrorAsync(409, "POST", "/users", $$"""{"userId":"{{BinanceEmulatorDefaults.UserId}}","label":"x"}""");
        await AssertErrorAsync(413, "POST", "/clients", new string(' ', 70_000));
        await AssertErrorAsync(415, "POST", "/clients", "{}", contentType: "text/plain");
        Emulator.Options.AllowedHosts.Add("emulator");
        await AssertErrorAsync(401, "GET", "/clients");

        async Task AssertErrorAsync(int status, string method, string path, string? json = null, string query = "", string contentType = "application/json", string? site = null)
        {
            Visitor.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
            if (site is not null)
            {
                Visitor.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
            }

            using var response = await script.SendAsync(method, path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal) + query, json, contentType);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("", ApiDocument.Defects(ApiDocument.ResponseSchema(ApiDocument.Operation(method, path), status)!, ApiDocument.Node(await Visitor.JsonAsync(response))));
        }
    }

    private static async Task AssertDocumentedAsync(Visitor visitor, BinanceEmulator emulator, string method, string path, JsonNode? body)
    {
        // One of each kind, so that no list is empty and each id exists.
        await visitor.SignInAsync();
        emulator.Faults.Next(EmulatorEndpoint.Page, EmulatorFault.Delay(Timeout.InfiniteTimeSpan), int.MaxValue);
        var hold = emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var url = path.Replace("{clientId}", BinanceEmulatorDefaults.ClientId, StringComparison.Ordinal)
            .Replace("{userId}", BinanceEmulatorDefaults.UserId, StringComparison.Ordinal)
            .Replace("{id}", hold.Id, StringComparison.Ordinal);
        if (body?["token"] is not null)
        {
            body = new JsonObject { ["token"] = emulator.Tokens.Issue().AccessToken };
        }

        using var response = await new JsonScript(visitor.Http).SendAsync(method, url, body?.ToJsonString());

        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        if (ApiDocument.ResponseSchema(ApiDocument.Operation(method, path), (int)response.StatusCode) is { } schema)
        {
            Assert.Equal("", ApiDocument.Defects(schema, JsonNode.Parse(text)));
        }
        else
        {
            Assert.Equal("", text);
        }
    }
}
