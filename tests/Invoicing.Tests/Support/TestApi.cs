using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Tests;

/// <summary>An answer with its body read.</summary>
internal sealed record Answer(
    HttpStatusCode Status, string Text, [property: JsonIgnore] HttpResponseHeaders Headers)
{
    [JsonIgnore]
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    [JsonIgnore]
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    [JsonIgnore]
    public Guid Id => Json.GetProperty("id").GetGuid();

    public JsonElement this[string property] => Json.GetProperty(property);

    public Answer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    public Answer ShouldBe(HttpStatusCode status, string code)
    {
        ShouldBe(status).Code.ShouldBe(code, Text);
        return this;
    }
}

/// <summary>Requests as callers write them.</summary>
internal static class TestApi
{
    /// <summary>What fails of some work does not fail the test; that shows in what the work has done.</summary>
    public static Attempt Attempt { get; } = Attempts.Logged(NullLogger.Instance);

    public static Task<Answer> PostAsync(this HttpClient client, string path, object body, string? key = null) =>
        SendAsync(client, HttpMethod.Post, path, body, key);

    public static Task<Answer> PutAsync(this HttpClient client, string path, object body) =>
        SendAsync(client, HttpMethod.Put, path, body, null);

    public static async Task<Answer> ReadAsync(this HttpClient client, string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        return await AnswerAsync(client, request);
    }

    public static async Task<(HttpStatusCode Status, byte[] Bytes, string? MediaType)> BytesAsync(
        this HttpClient client, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(),
            response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Today in the tests' legal entities, which keep UTC.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    public static object Invoice(
        Guid customerId, decimal amount = 100m, DateOnly? date = null, string? terms = null, string? order = null)
    {
        object line = new { description = "Widget", quantity = "1", unitPrice = amount, revenueAccount = "4000" };
        return new
        {
            customerId,
            invoiceDate = date ?? Today,
            terms,
            orderReference = order,
            lines = new[] { line },
        };
    }

    public static object Customer(
        string legalEntity, string name = "Globex", string? externalId = null, string currency = "USD")
    {
        object contact = new { name = "Ana Ruiz", role = "accounts-payable", email = "ap@globex.example" };
        return new
        {
            legalEntity,
            name,
            externalId,
            currency,
            country = "US",
            language = "en",
            segment = "enterprise",
            terms = "NET 30",
            contacts = new[] { contact },
        };
    }

    public static async Task<Guid> RegisterAsync(
        this HttpClient client, string legalEntity, string name = "Globex", string currency = "USD") =>
        (await client.PostAsync("/v1/customers", Customer(legalEntity, name, currency: currency)))
            .ShouldBe(HttpStatusCode.Created).Id;

    /// <summary>Sets the daily rate of one currency, from a day on for ten days.</summary>
    public static async Task RateAsync(
        this HttpClient client, string entity, string currency, decimal rate, DateOnly day, string type = "daily")
    {
        var rates = new[] { new { currency, rate } };
        (await client.PutAsync($"/v1/legal-entities/{entity}/exchange-rates/{type}/{day:O}", new { rates }))
            .ShouldBe(HttpStatusCode.OK);
    }

    public static async Task<Answer> IssueAsync(
        this HttpClient client, Guid customerId, decimal amount = 100m, DateOnly? date = null) =>
        (await client.PostAsync("/v1/invoices", Invoice(customerId, amount, date))).ShouldBe(HttpStatusCode.Created);

    private static async Task<Answer> SendAsync(
        HttpClient client, HttpMethod method, string path, object body, string? key)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await AnswerAsync(client, request);
    }

    private static async Task<Answer> AnswerAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }
}
