; What the Windows installer registers besides electron-builder's own: "Open with" for images, and links autoglm://.
; electron-builder's fileAssociations would make the app the default for every image and needs administrator rights; this only
; adds it to the list. SHCTX is the user's or the machine's registry, as the user chose to install.

!macro eachImage Do
  !insertmacro ${Do} png
  !insertmacro ${Do} jpg
  !insertmacro ${Do} jpeg
  !insertmacro ${Do} webp
  !insertmacro ${Do} gif
  !insertmacro ${Do} bmp
  !insertmacro ${Do} tif
  !insertmacro ${Do} tiff
  !insertmacro ${Do} avif
  !insertmacro ${Do} heic
!macroend

!macro offerImage Extension
  WriteRegStr SHCTX "Software\Classes\.${Extension}\OpenWithProgids" "AutoGLM.Image" ""
!macroend

!macro withdrawImage Extension
  DeleteRegValue SHCTX "Software\Classes\.${Extension}\OpenWithProgids" "AutoGLM.Image"
!macroend

; The shell keeps what it read until told that associations changed (SHCNE_ASSOCCHANGED).
!macro tellShell
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

!macro customInstall
  WriteRegStr SHCTX "Software\Classes\AutoGLM.Image" "" "AutoGLM Desktop"
  WriteRegStr SHCTX "Software\Classes\AutoGLM.Image\DefaultIcon" "" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHCTX "Software\Classes\AutoGLM.Image\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  !insertmacro eachImage offerImage

  WriteRegStr SHCTX "Software\Classes\autoglm" "" "URL:AutoGLM Desktop"
  WriteRegStr SHCTX "Software\Classes\autoglm" "URL Protocol" ""
  WriteRegStr SHCTX "Software\Classes\autoglm\DefaultIcon" "" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHCTX "Software\Classes\autoglm\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  !insertmacro tellShell
!macroend

!macro customUnInstall
  DeleteRegKey SHCTX "Software\Classes\AutoGLM.Image"
  !insertmacro eachImage withdrawImage
  DeleteRegKey SHCTX "Software\Classes\autoglm"
  !insertmacro tellShell
!macroend
