using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Requests and answers in few words.</summary>
internal static class Http
{
    public static object Usd(string amount) => new { amount, currency = "USD" };

    public static object Receipt(
        string amount, string? reference = null, string? account = null, string? bankAccount = null,
        string? name = null) => new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd(amount),
            valueDate = "2026-11-02",
            payer = new { name, account },
            reference,
            bankAccount,
        };

    public static async Task<JsonElement> SendAsync(
        this HttpClient client, HttpMethod method, string path, object? body, int status, string? key = null,
        string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                _ => JsonContent.Create(body),
            },
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, $"{method} {path}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static Task<JsonElement> PostAsync(this HttpClient client, string path, object? body, int status = 201,
        string? key = null) =>
        client.SendAsync(HttpMethod.Post, path, body, status, key);

    public static Task<JsonElement> PutAsync(this HttpClient client, string path, object? body, int status = 200) =>
        client.SendAsync(HttpMethod.Put, path, body, status);

    public static Task<JsonElement> ReadAsync(this HttpClient client, string path, int status = 200) =>
        client.SendAsync(HttpMethod.Get, path, null, status);

    public static StringContent Xml(string text) => new(text, Encoding.UTF8, "application/xml");

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static Guid Id(this JsonElement json, string name = "id") => json.GetProperty(name).GetGuid();

    public static decimal Amount(this JsonElement json, string name) =>
        decimal.Parse(json.GetProperty(name).Text("amount"), System.Globalization.CultureInfo.InvariantCulture);

    public static JsonElement[] Items(this JsonElement json, string name = "items") =>
        [.. json.GetProperty(name).EnumerateArray()];

    /// <summary>The code of a problem.</summary>
    public static void ShouldHaveCode(this JsonElement problem, string code) =>
        problem.Text("code").ShouldBe(code, problem.ToString());

    public static async Task RegisterMainAccountAsync(this HttpClient client) => await client.PutAsync(
        "/v1/bank-accounts/US01-MAIN",
        new { legalEntity = "US01", currency = "USD", iban = Camt.Account, ledgerAccount = "1000" }, 201);
}
