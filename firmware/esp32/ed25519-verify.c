/*
 * libsodium's Ed25519 check, where the build has libsodium (manifest-libsodium.json); else the controller checks in
 * JavaScript. Its releases 1.0.18 to 1.0.22 give the verdicts of protocol/ed25519-verification.ts on every vector of
 * this project. Its main branch does not: there the equation is checked with the cofactor, which accepts more.
 */
#include "xsmc.h"
#include "mc.defines.h"

#if MODDEF_LATCHKEY_LIBSODIUM
	#include "sodium.h"
#endif

void xs_latchkey_ed25519_available(xsMachine *the)
{
#if MODDEF_LATCHKEY_LIBSODIUM
	xsmcSetBoolean(xsResult, sodium_init() >= 0);
#else
	xsmcSetBoolean(xsResult, 0);
#endif
}

/* (signature, message, publicKey): whether it holds. Lengths other than 64 and 32 bytes are a wrong signature. */
void xs_latchkey_ed25519_verify(xsMachine *the)
{
#if MODDEF_LATCHKEY_LIBSODIUM
	void *signature, *message, *publicKey;
	xsUnsignedValue signatureBytes, messageBytes, publicKeyBytes;

	/* No allocation and no call into XS from here on, so that what these point to stays where it is. */
	xsmcGetBufferReadable(xsArg(0), &signature, &signatureBytes);
	xsmcGetBufferReadable(xsArg(1), &message, &messageBytes);
	xsmcGetBufferReadable(xsArg(2), &publicKey, &publicKeyBytes);
	xsmcSetBoolean(xsResult, signatureBytes == crypto_sign_BYTES && publicKeyBytes == crypto_sign_PUBLICKEYBYTES
		&& !crypto_sign_verify_detached(signature, message, messageBytes, publicKey));
#else
	xsUnknownError("no libsodium in this build");
#endif
}
