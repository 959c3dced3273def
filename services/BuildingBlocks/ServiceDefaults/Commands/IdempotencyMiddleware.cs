using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Reads the Idempotency-Key of a changing request and hashes the request. Only then is the body held back to be read
/// twice: small ones in memory, large ones in a temporary file. Runs after authorisation, and leaves alone what anybody
/// may call, so that strangers fill no disk.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next)
{
    public const string Header = "Idempotency-Key";

    private const int InMemory = 64 * 1024;

    public async Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        var header = request.Headers[Header];
        if (header.Count > 0
            && http.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            var key = header.ToString();
            if (header.Count > 1 || string.IsNullOrWhiteSpace(key) || key.Length > IdempotencyKey.MaxLength)
            {
                throw new ProblemException(Problems.Malformed(
                    $"Idempotency-Key must be one text of 1 to {IdempotencyKey.MaxLength} characters."));
            }

            http.Features.Set(new IdempotencyKey(Caller.Of(http).Subject, key, await HashAsync(http)));
        }

        await next(http);
    }

    private static async Task<byte[]> HashAsync(HttpContext http)
    {
        var request = http.Request;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}\n{request.QueryString}\n"));
        request.EnableBuffering(InMemory);
        var buffer = ArrayPool<byte>.Shared.Rent(InMemory);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
                hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}
