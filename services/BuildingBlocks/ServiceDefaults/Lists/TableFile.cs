using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// A file that is written whole before its first byte is sent, so that what fails half-way is answered as a problem and
/// never ends as half a file. What is larger than a megabyte waits on the disk, not in memory.
/// </summary>
internal sealed class TableFile(string contentType, Action<Stream> write)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    private const int InMemory = 1024 * 1024;
    private const long MaxBytes = 1024L * 1024 * 1024;

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => contentType;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var spool = new FileBufferingWriteStream(InMemory, MaxBytes);
        write(spool);
        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = spool.Length;
        await spool.DrainBufferAsync(httpContext.Response.Body, httpContext.RequestAborted);
    }
}
